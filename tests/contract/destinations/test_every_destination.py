"""What every destination has to keep, run over each of them through the command line."""

from collections import Counter
from math import ceil
from typing import Any

from tests.contract.destinations.stands.stand import Desk, Sent

EVERYBODY = 250


def expected(number: int, **changes: Any) -> dict[str, Any]:
    """What customer `number` is to have there."""
    values = {
        "name": f"Name {number}",
        "plan": "pro" if number % 2 else "free",
        "city": f"City {number}" if number % 3 else None,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def address(number: int) -> str:
    return f"user{number}@example.com"


def everybody(**of: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All customers, with changes by address."""
    return {address(i): expected(i, **of.get(address(i), {})) for i in range(1, EVERYBODY + 1)}


def by_address(writes: list[list[Sent]]) -> dict[str, dict[str, Any]]:
    """What was sent to whom; nobody may be written to twice."""
    sent = [record for write in writes for record in write]
    assert max(Counter(record.address for record in sent).values(), default=1) == 1
    return {record.address: dict(record.attributes) for record in sent}


def test_a_first_run_delivers_everybody(desk: Desk) -> None:
    report = desk.run()
    assert report["outcomes"] == {"delivered": EVERYBODY, "rejected": 0, "skipped": 0, "unknown": 0}
    assert report["planned"]["create"] == EVERYBODY
    writes = desk.stand.writes()
    assert len(writes) == ceil(EVERYBODY / desk.stand.records_per_write)
    assert by_address(writes) == everybody()
    assert desk.stand.users() == everybody()


def test_without_a_change_nothing_is_written(desk: Desk) -> None:
    desk.run()
    before = len(desk.stand.writes())
    report = desk.run()
    assert report["requests"]["write"] == 0
    assert report["planned"]["unchanged"] == EVERYBODY
    assert len(desk.stand.writes()) == before


def test_only_what_changed_is_written(desk: Desk) -> None:
    desk.run()
    before = len(desk.stand.writes())
    desk.sql(
        "UPDATE customers SET plan = 'team' WHERE id <= 120",
        "UPDATE customers SET name = 'Zoé \"Z\" \\ é' WHERE id = 7",
        "INSERT INTO customers VALUES (251, 'New@Example.com', 'New', 'free', NULL)",
        "DELETE FROM customers WHERE id = 250",
    )
    report = desk.run()
    assert (report["planned"]["create"], report["planned"]["update"], report["planned"]["left"]) == (1, 120, 1)
    writes = desk.stand.writes()[before:]
    changes: dict[str, dict[str, Any]] = {address(i): {"plan": "team"} for i in range(1, 121)}
    changes[address(7)]["name"] = 'Zoé "Z" \\ é'
    assert by_address(writes) == {**changes, "new@example.com": {"name": "New", "plan": "free"}}
    known, new = ceil(120 / desk.stand.records_per_write), 1
    assert len(writes) in {known + new, ceil(121 / desk.stand.records_per_write)}
    now = desk.stand.users()
    assert now == {**everybody(**changes), "new@example.com": {"name": "New", "plan": "free"}}


def test_what_becomes_empty_is_cleared_and_what_never_was_is_left_alone(desk: Desk) -> None:
    desk.run()
    before = len(desk.stand.writes())
    desk.sql("UPDATE customers SET city = NULL WHERE id = 1", "UPDATE customers SET plan = 'team' WHERE id = 3")
    desk.run()
    sent = by_address(desk.stand.writes()[before:])
    assert sent == {address(1): {"city": None}, address(3): {"plan": "team"}}
    assert "city" not in desk.stand.users()[address(1)]


def test_a_refused_record_is_named_held_and_sent_once_it_is_corrected(desk: Desk) -> None:
    desk.sql("UPDATE customers SET email = 'no address' WHERE id = 9")
    report = desk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": EVERYBODY - 1, "rejected": 1, "skipped": 0, "unknown": 0}
    [reason] = [reason for reason in report["reasons"] if reason["outcome"] == "rejected"]
    assert (reason["count"], reason["examples"]) == (1, ["9"])
    assert reason["fix"]
    before = len(desk.stand.writes())
    again = desk.run()
    assert (again["requests"]["write"], again["planned"]["held"]) == (0, 1)
    desk.sql(f"UPDATE customers SET email = '{address(9)}' WHERE id = 9")
    assert desk.run()["outcomes"]["delivered"] == 1
    assert by_address(desk.stand.writes()[before:]) == {address(9): expected(9)}
    assert desk.stand.users() == everybody()


def test_throttling_is_waited_for(desk: Desk) -> None:
    desk.stand.trouble("429", nth=1)
    report = desk.run()
    assert report["outcomes"]["delivered"] == EVERYBODY
    assert report["requests"]["throttled"] == 1
    assert desk.stand.users() == everybody()


def test_a_refusal_to_serve_is_waited_for(desk: Desk) -> None:
    desk.stand.trouble("503", nth=1)
    report = desk.run()
    assert report["outcomes"]["delivered"] == EVERYBODY
    assert report["requests"]["retried"] == 1
    assert desk.stand.users() == everybody()


def test_a_lost_answer_is_unknown_and_nobody_is_created_twice(desk: Desk) -> None:
    for what in ("drop-after", "drop-before"):
        desk.stand.trouble(what, nth=1)
        report = desk.run(exit_code=1)
        lost = min(EVERYBODY, desk.stand.records_per_write)
        assert report["outcomes"] == {
            "delivered": report["planned"]["create"] + report["planned"]["update"] - lost,
            "rejected": 0,
            "skipped": 0,
            "unknown": lost,
        }
        desk.stand.heal()
        assert desk.run()["outcomes"]["delivered"] == lost
        assert desk.stand.users() == everybody(**plans(desk))
        assert desk.run()["requests"]["write"] == 0
        desk.sql("UPDATE customers SET plan = 'team'")


def plans(desk: Desk) -> dict[str, dict[str, Any]]:
    """The plan that each customer has in the shop now, by address."""
    return {address(number): {"plan": plan} for number, plan in desk.rows("SELECT id, plan FROM customers")}


def test_another_account_at_the_same_address_is_noticed(desk: Desk) -> None:
    desk.run()
    desk.stand.reset()
    refused = desk.penstock("run", "everybody")
    assert refused.exit_code == 2
    assert refused.document["error"]["code"] == "ledger_of_another"
    assert desk.stand.users() == {}
    desk.run("--full")
    assert desk.stand.users() == everybody()


def test_refused_credentials_send_nothing(desk: Desk) -> None:
    desk.stand.write(desk.folder, secret="wrong")
    refused = desk.penstock("run", "everybody")
    assert refused.exit_code == 3
    assert refused.document["error"]["code"] == "credentials_refused"
    assert desk.stand.writes() == []
    assert desk.penstock("check").exit_code == 3


def test_check_finds_nothing_wrong(desk: Desk) -> None:
    assert desk.penstock("check").exit_code == 0
    assert desk.stand.writes() == []


def test_a_plan_sends_nothing_and_is_what_the_run_does(desk: Desk) -> None:
    planned = desk.penstock("plan", "everybody", "--out", str(desk.folder / "first.plan"))
    assert planned.document["planned"]["create"] == EVERYBODY
    assert desk.stand.writes() == []
    report = desk.run("--plan", str(desk.folder / "first.plan"))
    assert report["planned"] == planned.document["planned"]
    assert desk.stand.users() == everybody()
