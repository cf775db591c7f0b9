"""Rules of single fields: what somebody else entered is left alone, and is not read again and again."""

from typing import Any

import pytest

from tests.acceptance.iterable.stock import Stock, reasons

FIELDS = "{name: name, plan: {from: plan, when: only_if_empty}}"
ALONE = "{plan: {from: plan, when: only_if_empty}}"
BULK, READ = "POST /api/users/bulkUpdate", "GET /api/users/*"
FILLED = "filled_at_destination"


def enter(stock: Stock, plans: dict[int, Any]) -> None:
    """Let somebody else enter plans for customers who exist in the project."""
    members = {"email": "email", "user_id": "userId"}
    users = [{members[stock.match_key]: stock.identifier(n), "dataFields": {"plan": p}} for n, p in plans.items()]
    stock.emulator.bulk(*users)


def plans(stock: Stock) -> dict[str, Any]:
    return {match: user.get("plan") for match, user in stock.users().items()}


@pytest.mark.parametrize("mode", ["upsert", "update"])
def test_what_a_user_has_is_left_alone(any_stock: Stock, mode: str) -> None:
    stock = any_stock
    stock.seed(1, 2, 3)
    enter(stock, {1: "theirs", 2: ""})
    stock.write(mode, fields=FIELDS)
    report = stock.run()
    assert reasons(report)[FILLED] == 1
    (why,) = [reason for reason in report["reasons"] if reason["code"] == FILLED]
    assert (why["examples"], why["outcome"]) == (["1"], "skipped")
    assert "`plan`" in why["message"]
    created = range(4, 11) if mode == "upsert" else ()
    assert report["outcomes"]["delivered"] == 3 + len(created)
    seen = {match: plan for match, plan in plans(stock).items() if stock.project_type != "email" or match}
    assert seen[stock.identifier(1)] == "theirs"
    assert {seen[stock.identifier(n)] for n in (2, 3, *created)} == {"free"}
    assert all(user["name"].startswith("Name") for user in stock.users().values())
    told = stock.penstock("history", "everybody", "1").stdout
    assert "delivered" in told
    assert "not sent: plan (filled_at_destination)" in told
    assert "not sent" not in stock.penstock("history", "everybody", "2").stdout


def test_it_is_looked_at_again_when_it_changes_and_daily_and_not_in_between(stock: Stock) -> None:
    stock.seed(1, 2)
    enter(stock, {1: "theirs", 2: "theirs"})
    stock.write("upsert", fields=ALONE)
    assert stock.run()["outcomes"] == {"delivered": 8, "rejected": 0, "skipped": 2, "unknown": 0}
    before = stock.requests()
    assert before == {"writes": 3, "reads": 10, "exports": 0}  # two of the writes are those of the others
    stock.run()
    assert stock.requests() == before  # what was found filled is on hold

    stock.sql("UPDATE customers SET plan = 'pro'")
    report = stock.run()
    assert report["outcomes"] == {"delivered": 0, "rejected": 0, "skipped": 2, "unknown": 0}
    assert stock.requests() == before | {"reads": 12}  # those we filled are done with
    for _ in range(2):
        again = stock.run()
        assert (again["planned"]["update"], again["requests"]["write"]) == (0, 0)
    assert stock.requests() == before | {"reads": 12}

    enter(stock, {2: None})
    assert stock.run()["planned"]["update"] == 0
    assert plans(stock)[stock.identifier(2)] is None
    report = stock.run(hours_later=25)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert plans(stock)["u2@example.com"] == "pro"
    assert plans(stock)["u1@example.com"] == "theirs"
    assert plans(stock)["u3@example.com"] == "free"


def test_a_user_who_was_emptied_gets_a_value_when_the_source_changes(stock: Stock) -> None:
    stock.seed(1)
    enter(stock, {1: "theirs"})
    stock.write("upsert", fields=FIELDS)
    stock.run()
    enter(stock, {1: None})
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id = 1")
    assert stock.run()["outcomes"]["delivered"] == 1
    assert plans(stock)["u1@example.com"] == "pro"


@pytest.mark.parametrize("fault", ["500", "nonsense", "401"])
def test_what_cannot_be_read_stops_the_run_before_anything_is_sent(stock: Stock, fault: str) -> None:
    stock.seed(1)
    stock.write("upsert", fields=FIELDS)
    stock.emulator.faults({"on": READ, "nth": 2, "times": 10_000, "do": fault})
    before = stock.requests()
    report = stock.penstock("run", "everybody")
    assert report.returncode == 3
    assert "reading which users have a value already" in report.stderr or fault == "401"
    assert stock.requests()["writes"] == before["writes"]
    assert plans(stock) == {"u1@example.com": None}
    stock.emulator.faults()
    assert stock.run()["outcomes"]["delivered"] == 10


def test_many_are_read_in_an_export(stock: Stock) -> None:
    stock.stock(40)
    stock.seed(*range(1, 31))
    enter(stock, dict.fromkeys(range(1, 31), "theirs"))
    stock.write("upsert", fields=FIELDS, reads_per_second=2)
    before = stock.requests()
    report = stock.run()
    assert (reasons(report), report["outcomes"]["delivered"]) == ({FILLED: 30}, 40)
    assert stock.requests() == {"writes": before["writes"] + 1, "reads": before["reads"] + 10, "exports": 1}
    assert [plan for match, plan in sorted(plans(stock).items())].count("theirs") == 30
    assert any("listing of all 30 users" in notice for notice in report["notices"])
