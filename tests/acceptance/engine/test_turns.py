"""Runs of several activations to one account take turns, across processes; runs to other accounts do not wait."""

import json
import signal
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator, running
from tests.waiting import until

BULK = "POST /api/users/bulkUpdate"
SECOND = """
  - name: cities
    model: customers
    destination: {destination}
    service: users
    match: {{email: email}}
    fields: {{town: city}}
"""


@pytest.fixture
def two(shop: Shop, emulator: Emulator) -> Shop:
    """The activation `everybody` beside `cities`, which sends another field of the same people."""
    shop.map(name="name", plan="plan")
    add(shop, "marketing")
    hold_up(emulator)
    return shop


def hold_up(emulator: Emulator) -> None:
    """Let no write through: whoever sends goes on trying until `emulator.faults()` lets it."""
    emulator.faults({"on": BULK, "do": "429", "retry_after": 1})


def add(shop: Shop, destination: str, *, more: str = "") -> None:
    path = shop.folder / "penstock.yaml"
    activations = path.read_text().replace("settings:", f"{SECOND.format(destination=destination)}settings:")
    path.write_text(activations.replace("activations:", f"{more}activations:"))


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The next line of progress that has these words."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(words)


def queued(shop: Shop) -> list[Path]:
    return [path for path in (shop.folder / ".penstock" / "queues").rglob("*") if path.is_file()]


def senders(emulator: Emulator) -> list[str]:
    """Which activation made each write that was taken, in the order in which they were."""
    names = {"town": "cities", "third": "third", "plan": "everybody"}
    taken = [write["users"] for write in emulator.writes() if write["status"] == 200]
    return [
        next(names[name] for user in users for name in user.get("dataFields", {}) if name in names) for users in taken
    ]


def test_the_second_run_waits_and_says_for_whom(two: Shop, emulator: Emulator) -> None:
    with two.begun("run", "everybody", "--json") as first:
        until(emulator.writes)
        with two.begun("run", "cities", "--json") as second:
            told = line_with(second, "Waiting")
            assert two.penstock("runs", "cities").text.count("waiting") == 1
            emulator.faults()
            report = json.loads(second.communicate(timeout=60)[0])
        first_report = json.loads(first.communicate(timeout=60)[0])
    assert (first.returncode, second.returncode) == (0, 0)
    run = first_report["run"]
    assert f"Waiting for run {run} of activation `everybody`, which is sending to the same account" in told
    assert senders(emulator) == ["everybody"] * 3 + ["cities"] * 3
    (notice,) = report["notices"]
    assert notice.startswith("The run waited ")
    assert notice.endswith(f" s for its turn, after run {run} of `everybody` to the same account.")
    assert first_report["notices"] == []
    requests = first_report["requests"]["total"] + report["requests"]["total"]
    assert requests == len(emulator.lines("requests"))
    assert queued(two) == []


def test_every_run_of_a_queue_gets_its_turn_in_order(two: Shop, emulator: Emulator) -> None:
    add_third = two.folder / "third.yaml"
    add_third.write_text(
        "activations: [{name: third, model: customers, destination: marketing, service: users,"
        " match: {email: email}, fields: {third: plan}}]\n"
    )
    with two.begun("run", "everybody") as first:
        until(emulator.writes)
        with two.begun("run", "cities") as second:
            line_with(second, "of activation `everybody`")
            with two.begun("run", "third") as third:
                line_with(third, "of activation `everybody`")
                emulator.faults()
                line_with(third, "of activation `cities`")
                for process in (first, second, third):
                    process.communicate(timeout=60)
                    assert process.returncode == 0
    assert senders(emulator) == ["everybody"] * 3 + ["cities"] * 3 + ["third"] * 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_waits_can_be_interrupted_and_leaves_nothing(
    two: Shop, emulator: Emulator, number: signal.Signals
) -> None:
    with two.begun("run", "everybody") as first:
        until(emulator.writes)
        with two.begun("run", "cities") as second:
            line_with(second, "Waiting")
            second.send_signal(number)
            errors = second.communicate(timeout=30)[1]
            assert second.returncode == 130
            assert "Traceback" not in errors
        assert len(queued(two)) == 1
        emulator.faults()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert senders(emulator) == ["everybody"] * 3
    (row,) = json.loads(two.penstock("runs", "cities", "--json").text)["runs"]
    assert row["status"] == "interrupted"
    assert queued(two) == list((two.folder / ".penstock" / "tmp").iterdir()) == []
    assert two.penstock("run", "cities").exit_code == 0


def test_a_killed_run_gives_up_its_turn(two: Shop, emulator: Emulator) -> None:
    with two.begun("run", "everybody") as first:
        until(emulator.writes)
        with two.begun("run", "cities", "--json") as second:
            line_with(second, "Waiting")
            first.kill()
            emulator.faults()
            report = json.loads(second.communicate(timeout=60)[0])
    assert report["status"] == "succeeded"
    assert len(emulator.users()) == 2500
    assert queued(two) == []
    two.run()
    assert two.run()["requests"]["write"] == 0


def test_looking_never_waits(two: Shop, emulator: Emulator) -> None:
    with two.begun("run", "everybody") as first:
        until(emulator.writes)
        assert two.penstock("check").exit_code == 0
        assert two.penstock("plan", "cities").exit_code == 0
        busy = two.penstock("plan", "everybody", "--json")
        assert (busy.exit_code, busy.json["error"]["code"]) == (5, "already_running")
        assert first.poll() is None


def test_runs_to_two_accounts_do_not_wait(shop: Shop, emulator: Emulator) -> None:
    shop.map(name="name", plan="plan")
    hold_up(emulator)
    with running() as other:
        more = (
            f'  - {{name: elsewhere, type: iterable, api_key: "${{ITERABLE_API_KEY}}", base_url: "{other.url}",'
            " requests_per_second: 1000}\n"
        )
        add(shop, "elsewhere", more=more)
        with shop.begun("run", "everybody") as first:
            until(lambda: any((shop.folder / ".penstock" / "runs").glob("*/plan.json")))
            ended = shop.penstock("run", "cities")
            assert ended.exit_code == 0
            assert "Waiting" not in ended.errors
            assert first.poll() is None


@pytest.mark.parametrize("waiting", [False, True])
def test_the_pace_is_kept_from_one_run_to_the_next(two: Shop, emulator: Emulator, waiting: bool) -> None:
    path = two.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("requests_per_second: 1000", "requests_per_second: 0.25"))
    two.sql("DELETE FROM customers WHERE id > 5")
    emulator.faults()
    if waiting:
        with two.begun("run", "everybody") as first, two.begun("run", "cities") as second:
            for process in (first, second):
                process.communicate(timeout=60)
                assert process.returncode == 0
    else:
        assert two.penstock("run", "everybody").exit_code == 0
        assert two.penstock("run", "cities").exit_code == 0
    earlier, later = (datetime.fromisoformat(write["time"]) for write in emulator.writes())
    assert later - earlier > timedelta(seconds=3.5)
