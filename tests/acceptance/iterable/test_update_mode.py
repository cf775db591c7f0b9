"""Update mode creates nobody, on whatever path; whoever is absent is skipped, and looked for again."""

import json

import pytest

from tests.acceptance.iterable.stock import Stock, reasons

BULK, READ, EXPORT = "POST /api/users/bulkUpdate", "GET /api/users/*", "GET /api/export/data.json"


def test_only_existing_users_are_updated(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(1, 2, 3, 12)
    stock.write("update")
    report = stock.run()
    assert report["outcomes"] == {"delivered": 3, "rejected": 0, "skipped": 7, "unknown": 0}
    assert reasons(report) == {"absent_at_destination": 7}
    expected = {stock.identifier(n): {"name": f"Name {n}", "plan": "free", "theirs": n} for n in (1, 2, 3)}
    assert stock.users() == expected | {stock.identifier(12): {"theirs": 12}}
    before = stock.requests()
    again = stock.run()
    assert (again["requests"]["write"], again["planned"]["held"]) == (0, 7)
    assert reasons(again) == {"absent_at_destination": 7}
    assert stock.requests() == before
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id = 2")
    assert stock.run()["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 7, "unknown": 0}
    assert stock.requests()["reads"] == before["reads"]  # who was seen a moment ago is not looked up again
    assert stock.users()[stock.identifier(2)]["plan"] == "pro"


def test_whoever_was_absent_is_looked_for_again_when_the_record_changes_and_daily(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(1)
    stock.write("update")
    stock.run()
    stock.seed(2, 3)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id = 2")
    report = stock.run()
    assert report["outcomes"]["delivered"] == 1
    assert stock.users()[stock.identifier(2)] == {"name": "Name 2", "plan": "pro", "theirs": 2}
    assert stock.run(hours_later=25)["outcomes"]["delivered"] == 1
    assert stock.users()[stock.identifier(3)]["name"] == "Name 3"
    assert len(stock.users()) == 3


def test_a_deleted_user_is_not_brought_back(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(1, 2)
    stock.write("update")
    stock.run()
    stock.delete(2)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id <= 2")
    report = stock.run(hours_later=1)
    assert reasons(report) == {"deleted_at_destination": 1, "absent_at_destination": 8}
    assert report["outcomes"]["delivered"] == 1
    assert set(stock.users()) == {stock.identifier(1)}
    stock.seed(2)
    stock.sql("UPDATE customers SET plan = 'team' WHERE id = 2")
    stock.run(hours_later=2)
    assert stock.users()[stock.identifier(2)] == {"name": "Name 2", "plan": "team", "theirs": 2}


@pytest.mark.parametrize("bucket", ["invalid", "not_found"])
def test_nobody_is_looked_up_where_iterable_itself_refuses_unknown_users(stock: Stock, bucket: str) -> None:
    stock = Stock(folder=stock.folder, emulator=stock.emulator, match_key="user_id")
    stock.emulator.settings(unknown_user=bucket)
    stock.seed(1, 2, 3)
    stock.write("update")
    report = stock.run()
    assert reasons(report) == {"absent_at_destination": 7}
    assert stock.requests() == {"writes": 2, "reads": 1, "exports": 0}
    assert "Nobody was looked up: Iterable itself refuses users that it does not know." in report["notices"]


@pytest.mark.parametrize("project_type", ["user_id", "hybrid"])
def test_a_project_of_another_type_than_its_settings_say(stock: Stock, project_type: str) -> None:
    stock.emulator.settings(project_type=project_type)
    there = Stock(folder=stock.folder, emulator=stock.emulator, project_type=project_type, match_key="user_id")
    there.seed(1, 2)
    Stock(folder=stock.folder, emulator=stock.emulator, match_key="user_id").write("update")
    report = there.run()
    assert report["outcomes"]["delivered"] == 2
    assert len(there.users()) == 2
    assert any("project_type" in notice for notice in report["notices"])


def test_nobody_is_created_while_a_refused_request_is_halved(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(*range(1, 6))
    stock.emulator.settings(max_users=2)
    stock.write("update")
    assert stock.run()["outcomes"] == {"delivered": 5, "rejected": 0, "skipped": 5, "unknown": 0}
    assert len(stock.users()) == 5


def test_nobody_is_created_after_a_lost_answer(any_stock: Stock) -> None:
    stock = any_stock
    stock.seed(1, 2, 3)
    stock.write("update")
    stock.emulator.faults({"on": BULK, "do": "drop-after"})
    assert stock.run(exit_code=1)["outcomes"]["unknown"] >= 3
    stock.emulator.faults({"on": BULK, "do": "drop-before"})
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'pro'")
    stock.run(exit_code=1, hours_later=1)
    stock.emulator.faults()
    report = stock.run(hours_later=26)
    assert report["outcomes"]["delivered"] == 2
    assert set(stock.users()) == {stock.identifier(1), stock.identifier(2)}


@pytest.mark.parametrize("fault", ["401", "500", "nonsense"])
def test_nothing_is_sent_if_nobody_can_be_looked_up(stock: Stock, fault: str) -> None:
    stock.seed(1)
    stock.write("update")
    before = stock.requests()["writes"]
    stock.emulator.faults({"on": READ, "nth": 5, "times": 100, "do": fault})
    stock.run(exit_code=3)
    assert stock.requests()["writes"] == before
    stock.emulator.faults()
    assert stock.run()["outcomes"]["delivered"] == 1


def test_the_way_and_what_it_cost_are_told(stock: Stock) -> None:
    stock.seed(1, 2)
    stock.write("update")
    plan = stock.penstock("plan", "everybody", "--json")
    assert "It is found out first which of 10 users exist at the destination." in json.loads(plan.stdout)["notices"]
    report = stock.run()
    assert report["notices"] == [
        "10 users were looked up one by one, with 10 requests; 2 exist.",
    ]
    history = json.loads(stock.penstock("history", "everybody", "5", "--json").stdout)
    assert "absent_at_destination" in json.dumps(history)
    text = stock.penstock("report", report["run"]).stdout
    assert "one by one" in text
    assert "absent" in text.lower()


def test_recreating_contradicts_updating_only(stock: Stock) -> None:
    stock.write("update", recreate=True)
    assert stock.penstock("check").returncode == 2
    assert stock.penstock("run", "everybody").returncode == 2


SLOW = 1.2
"""So few reads a second that an export is quicker than reading twenty users."""


def test_many_users_are_looked_up_in_an_export(any_stock: Stock) -> None:
    stock = any_stock
    stock.stock(20)
    stock.seed(*range(1, 20), 30)
    stock.emulator.settings(export_rows="broken")
    stock.write("update", reads_per_second=SLOW)
    report = stock.run()
    assert report["outcomes"] == {"delivered": 19, "rejected": 0, "skipped": 1, "unknown": 0}
    assert len(stock.users()) == 20
    if (stock.project_type, stock.match_key) != ("email", "user_id"):
        assert report["notices"] == [
            "20 users were looked up in a listing of all 20 users of the project; 19 are in it.",
            "1 user whom the listing does not name was looked up one by one, with 1 request; 0 exist.",
        ]
        assert stock.requests() == {"writes": 2, "reads": 1, "exports": 1}


def test_whom_an_export_does_not_name_yet_is_read(stock: Stock) -> None:
    stock.stock(20)
    stock.seed(*range(1, 18))
    stock.emulator.settings(export_lag_seconds=600)
    stock.seed(18, 19)
    stock.write("update", reads_per_second=SLOW)
    assert stock.run()["outcomes"] == {"delivered": 19, "rejected": 0, "skipped": 1, "unknown": 0}
    assert stock.requests()["reads"] == 3


def test_without_a_usable_export_users_are_read(stock: Stock) -> None:
    stock.stock(20)
    stock.seed(1, 2, 3)
    stock.emulator.faults({"on": EXPORT, "do": "truncate"})
    stock.write("update", reads_per_second=1.33)
    report = stock.run()
    assert report["outcomes"]["delivered"] == 3
    assert report["notices"][0] == "A listing of all users could not be had: its end is missing."
    assert len(stock.users()) == 3
