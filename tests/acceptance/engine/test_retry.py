"""`penstock retry`: what is on hold goes out again at once, as far as it is asked for."""

import json
import signal
from typing import Any

import pytest

from tests.acceptance.engine.shop import Shop
from tests.acceptance.engine.test_turns import hold_up
from tests.emulator import Emulator
from tests.waiting import until

BULK = "POST /api/users/bulkUpdate"


@pytest.fixture
def held(shop: Shop, emulator: Emulator) -> Shop:
    """Five customers, of whom the second was refused as `conflict`, and a change of the third as `invalid_data`."""
    shop.sql("DELETE FROM customers WHERE id > 5")
    refuse(emulator)
    assert shop.run(exit_code=1)["outcomes"]["rejected"] == 1
    shop.sql("UPDATE customers SET plan = 'pro' WHERE id = 3")
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user3@example.com"})
    assert shop.run(exit_code=1)["outcomes"]["rejected"] == 1
    emulator.faults()
    return shop


def refuse(emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user2@example.com", "bucket": "conflict"})


def retry(shop: Shop, *arguments: str, exit_code: int = 0) -> Any:
    ended = shop.penstock("retry", "everybody", "--json", *arguments)
    assert ended.exit_code == exit_code, ended.text + ended.errors
    return ended.json


def last_write(emulator: Emulator) -> set[str]:
    return {user["email"] for user in emulator.writes()[-1]["users"]}


def test_everything_on_hold_is_tried_again(held: Shop, emulator: Emulator) -> None:
    held.sql("UPDATE customers SET plan = 'pro' WHERE id = 1")
    report = retry(held)
    assert report["outcomes"]["delivered"] == 3
    planned = {name: number for name, number in report["planned"].items() if number}
    assert planned == {"create": 1, "update": 2, "unchanged": 2}
    assert report["notices"] == ["Tried again as asked: 2 records on hold."]
    assert last_write(emulator) == {"user1@example.com", "user2@example.com", "user3@example.com"}
    assert held.run()["planned"]["unchanged"] == 5
    assert retry(held)["notices"] == ["Nothing was on hold."]


def test_by_reason_and_by_record(held: Shop, emulator: Emulator) -> None:
    refuse(emulator)
    for arguments in (("--reason", "conflict"), ("--key", "User2@Example.com")):
        before = len(emulator.writes())
        assert retry(held, *arguments, exit_code=1)["outcomes"]["rejected"] == 1
        assert len(emulator.writes()) == before + 1
        assert last_write(emulator) == {"user2@example.com"}
    emulator.faults()
    assert retry(held, "--key", "2", "--reason", "conflict")["outcomes"]["delivered"] == 1
    assert last_write(emulator) == {"user2@example.com"}
    assert held.run()["planned"]["held"] == 1


NOT_ON_HOLD = {
    ("--reason", "forgotten"): (
        "Nothing of activation `everybody` is on hold for `forgotten`. Nothing was sent.",
        (
            "What is on hold: `conflict` (1), `invalid_data` (1). Other reasons that a report names need no retry:"
            " every run looks at them again."
        ),
    ),
    ("--key", "4"): (
        "Nothing of record `4` is on hold in activation `everybody`. Nothing was sent.",
        "Give the primary key or the match value; `penstock history everybody KEY` tells what became of it.",
    ),
    ("--key", "2", "--reason", "invalid_data"): (
        "Nothing of record `2` is on hold in activation `everybody` for `invalid_data`. Nothing was sent.",
        "Give the primary key or the match value; `penstock history everybody KEY` tells what became of it.",
    ),
}


def test_what_is_not_on_hold_is_said_and_nothing_is_sent(held: Shop, emulator: Emulator) -> None:
    before = len(emulator.writes())
    for arguments, (message, fix) in NOT_ON_HOLD.items():
        error = retry(held, *arguments, exit_code=2)["error"]
        assert (error["code"], error["message"], error["fix"]) == ("nothing_on_hold", message, fix)
    assert held.run()["planned"]["held"] == 2
    assert len(emulator.writes()) == before


def test_a_reason_that_does_not_exist_is_said(held: Shop) -> None:
    error = retry(held, "--reason", "conflic", exit_code=2)["error"]
    assert error["code"] == "unknown_reason"
    assert error["message"] == "There is no reason `conflic`. Did you mean `conflict`? Nothing was sent."
    assert "`conflict`, " in error["fix"]


def test_whoever_is_refused_again_is_told_and_held(held: Shop, emulator: Emulator) -> None:
    refuse(emulator)
    report = retry(held, "--reason", "conflict", exit_code=1)
    assert [(reason["code"], reason["outcome"], reason["count"]) for reason in report["reasons"]] == [
        ("conflict", "rejected", 1),
        ("invalid_data", "skipped", 1),
    ]
    assert "`penstock retry`" in report["reasons"][1]["message"]
    emulator.faults()
    assert held.run()["planned"]["held"] == 2


def test_a_guard_stops_a_retry_and_the_holds_stay(held: Shop, emulator: Emulator) -> None:
    held.sql("DELETE FROM customers WHERE id <> 2")
    before = len(emulator.writes())
    stopped = retry(held, exit_code=4)
    assert stopped["error"]["code"] == "guard_shrunk"
    assert len(emulator.writes()) == before
    assert held.run("--allow", "shrunk")["planned"]["held"] == 1
    assert retry(held)["outcomes"]["delivered"] == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_retry_that_is_cut_short_goes_on_at_the_next_run(
    held: Shop, emulator: Emulator, number: signal.Signals
) -> None:
    hold_up(emulator)
    before = len(emulator.writes())
    with held.begun("retry", "everybody", "--key", "2", "--quiet") as process:
        until(lambda: len(emulator.writes()) > before)
        process.send_signal(number)
        if number is signal.SIGINT:
            emulator.faults()
        process.communicate(timeout=60)
    emulator.faults()
    report = held.run()
    assert report["planned"]["held"] == 1
    assert "user2@example.com" in emulator.users()
    assert emulator.users()["user3@example.com"]["plan"] == "free"


def test_withheld_fields_are_sent_again(held: Shop, emulator: Emulator) -> None:
    emulator.settings(new_fields="drop")
    held.map(name="name", city="city", plan="plan", level="plan")
    assert held.run(exit_code=1)["withheld"] == [{"field": "level", "records": 5}]
    emulator.settings(new_fields="allow")
    assert held.run(exit_code=1)["requests"]["write"] == 0
    assert retry(held, "--key", "9", exit_code=2)["error"]["code"] == "nothing_on_hold"
    report = retry(held, "--reason", "field_ignored")
    assert report["notices"] == ["Tried again as asked: the withheld field `level`."]
    assert report["withheld"] == []
    assert all(fields["level"] == fields["plan"] for fields in emulator.users().values())


def test_the_page_is_that_of_a_run(held: Shop) -> None:
    ended = held.penstock("retry", "everybody", "--quiet", "--key", "3")
    assert (ended.exit_code, ended.errors) == (0, "")
    assert "Tried again as asked: 1 record on hold." in ended.text
    assert json.loads(held.penstock("report", "latest", "--json").text)["status"] == "succeeded"
