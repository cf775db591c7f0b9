"""Insert mode only creates: whoever exists is left alone, for good and on every path."""

from tests.acceptance.iterable.stock import Stock, reasons


def test_only_new_users_are_created(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(1, 2)
    stock.write("insert")
    report = stock.run()
    assert report["outcomes"] == {"delivered": 8, "rejected": 0, "skipped": 2, "unknown": 0}
    assert reasons(report) == {"already_at_destination": 2}
    users = stock.users()
    assert (users[stock.identifier(1)], len(users)) == ({"theirs": 1}, 10)
    assert users[stock.identifier(3)] == {"name": "Name 3", "plan": "free"}
    requests = stock.requests()
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id = 3")
    assert stock.run()["requests"]["write"] == 0
    assert stock.requests() == requests
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'team' WHERE id = 3")
    assert stock.run(hours_later=26)["requests"]["write"] == 0  # whoever was created once is not created again
    assert len(stock.users()) == 9


def test_whoever_may_have_been_created_is_finished(stock: Stock) -> None:
    stock.write("insert")
    stock.emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "drop-after"})
    assert stock.run(exit_code=1)["outcomes"]["unknown"] == 10
    stock.emulator.faults()
    assert stock.run(hours_later=1)["outcomes"]["delivered"] == 10
    assert stock.run()["requests"]["write"] == 0


def test_many_users_are_looked_up_in_an_export(stock: Stock) -> None:
    stock.stock(20)
    stock.seed(*range(1, 19))
    stock.write("insert", reads_per_second=1.2)
    report = stock.run()
    assert reasons(report) == {"already_at_destination": 18}
    assert stock.requests()["exports"] == 1
    assert stock.users()["u1@example.com"] == {"theirs": 1}
    assert len(stock.users()) == 20
