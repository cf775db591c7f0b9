"""A user deleted in Iterable does not come back as a stub, though Iterable creates whomever it does not know."""

import json

import pytest

from tests.acceptance.iterable.stock import Stock, reasons


def test_a_deleted_user_is_skipped(any_stock: Stock) -> None:
    stock = any_stock
    stock.write("upsert")
    assert stock.run()["outcomes"]["delivered"] == 10
    assert stock.requests()["reads"] == 0  # nobody is looked up before being created
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id IN (3, 4)")
    report = stock.run(hours_later=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    [reason] = report["reasons"]
    assert (reason["code"], reason["examples"]) == ("deleted_at_destination", ["3"])
    assert len(stock.users()) == 9
    requests = stock.requests()
    assert reasons(stock.run(hours_later=1)) == {"deleted_at_destination": 1}
    assert stock.requests() == requests
    stock.sql("UPDATE customers SET plan = 'team' WHERE id = 3")
    assert reasons(stock.run(hours_later=2)) == {"deleted_at_destination": 1}
    assert len(stock.users()) == 9


def test_whoever_was_created_again_there_gets_everything(any_stock: Stock) -> None:
    stock = any_stock
    stock.write("upsert")
    stock.run()
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id = 3")
    stock.run(hours_later=1)
    stock.seed(3)
    assert stock.run(hours_later=26)["outcomes"]["delivered"] == 1
    assert stock.users()[stock.identifier(3)] == {"name": "Name 3", "plan": "pro", "theirs": 3}


def test_a_deleted_user_is_created_again_in_full_where_that_is_wanted(any_stock: Stock) -> None:
    stock = any_stock
    stock.write("upsert", recreate=True)
    stock.run()
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id IN (3, 4)")
    assert stock.run(hours_later=1)["outcomes"] == {"delivered": 2, "rejected": 0, "skipped": 0, "unknown": 0}
    assert stock.users()[stock.identifier(3)] == {"name": "Name 3", "plan": "pro"}
    assert len(stock.users()) == 10
    requests = stock.requests()
    assert stock.run(hours_later=1)["requests"]["write"] == 0
    assert stock.requests() == requests


def test_who_was_seen_within_the_window_is_not_looked_up(any_stock: Stock) -> None:
    stock = any_stock
    stock.write("upsert", known_for_minutes=120)
    stock.run()
    stock.sql("UPDATE customers SET plan = 'pro'")
    assert stock.run("--allow", "changed", hours_later=1)["outcomes"]["delivered"] == 10
    assert stock.requests() == {"writes": 2, "reads": 0, "exports": 0}


def test_without_a_window_everybody_is_looked_up(stock: Stock) -> None:
    stock.write("upsert", known_for_minutes=0)
    stock.run()
    stock.delete(3)
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id IN (3, 4)")
    report = stock.run()
    assert report["notices"] == [
        "2 users were looked up one by one, with 2 requests; 1 exists.",
    ]
    assert len(stock.users()) == 9
    history = json.loads(stock.penstock("history", "everybody", "3", "--json").stdout)
    assert "deleted_at_destination" in json.dumps(history)


def test_iterable_itself_refuses_whoever_was_deleted_a_moment_ago(stock: Stock) -> None:
    stock = Stock(folder=stock.folder, emulator=stock.emulator, match_key="user_id")
    stock.write("upsert")
    stock.run()
    stock.delete(3)
    stock.sql(
        "UPDATE customers SET plan = 'pro' WHERE id IN (3, 4)",
        "INSERT INTO customers VALUES (11, 'x', 'U-11', 'N', 'p')",
    )
    report = stock.run()
    assert (report["outcomes"]["delivered"], reasons(report)) == (2, {"deleted_at_destination": 1})
    assert stock.requests()["reads"] == 0
    assert len(stock.users()) == 10


def test_a_plan_made_earlier_is_looked_up_when_it_is_sent(stock: Stock) -> None:
    stock.write("upsert")
    stock.run()
    stock.sql("UPDATE customers SET plan = 'pro' WHERE id IN (3, 4)")
    plan = str(stock.folder / "plan.zip")
    assert stock.penstock("plan", "everybody", "--out", plan).returncode == 0
    stock.delete(3)
    assert reasons(stock.run("--plan", plan, hours_later=1)) == {"deleted_at_destination": 1}
    assert len(stock.users()) == 9


@pytest.mark.parametrize("minutes", ["-1", "soon"])
def test_a_window_that_is_none(stock: Stock, minutes: str) -> None:
    stock.write("upsert", known_for_minutes=minutes)
    assert stock.penstock("check").returncode == 2
