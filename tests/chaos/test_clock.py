"""A clock that was wrong and is set back: nothing waits for a future that was none, and the last run is the last."""

import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from penstock import clock
from tests.chaos.inside import InsideDesk
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk, Ended
from tests.emulator import Emulator, Zendesk

DAY = 86_400
PEOPLE = 50


@dataclass(frozen=True)
class WrongClock(InsideDesk):
    """A desk whose machine is ahead of time."""

    ahead_seconds: int = 0

    def penstock(self, *arguments: str, hours_later: int = 0) -> Ended:
        right, wrong_by = clock.now, timedelta(seconds=self.ahead_seconds)
        with patch.object(clock, "now", lambda: right() + wrong_by):
            return super().penstock(*arguments, hours_later=hours_later)

    def command(self, *arguments: str) -> list[str]:
        wrong = [sys.executable, "-m", "tests.chaos.other_clock", str(self.ahead_seconds)]
        return [*wrong, *arguments, "--project", str(self.folder)]


@pytest.fixture
def desk(tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> WrongClock:
    stand = IterableStand(emulators[1])
    stand.write(tmp_path)
    desk = WrongClock(tmp_path, stand)
    desk.sql(
        "CREATE TABLE customers AS SELECT i AS id, 'user' || i || '@example.com' AS email, 'Name ' || i AS name,"
        f" 'free' AS plan, 'Rome' AS city FROM range({PEOPLE}) AS t(i)",
        "UPDATE customers SET email = 'no address' WHERE id = 9",
    )
    return desk


def latest(desk: Desk) -> Any:
    return desk.penstock("report", "latest").document


@pytest.mark.parametrize("days", [1, 366])
def test_a_clock_set_back_delays_nothing(desk: WrongClock, days: int) -> None:
    assert replace(desk, ahead_seconds=days * DAY).run(exit_code=1)["outcomes"]["rejected"] == 1
    desk.sql("UPDATE customers SET plan = 'team' WHERE id = 1")
    report = desk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 1, "skipped": 0, "unknown": 0}, (
        "the hold is tried at once"
    )
    assert report["seconds"] >= 0
    assert latest(desk)["run"] == report["run"]
    again = desk.run()
    assert (again["planned"]["held"], again["requests"]["write"]) == (1, 0), "and then no more than daily"
    runs = [run["run"] for run in desk.penstock("runs").document["runs"]]
    assert runs[:2] == [again["run"], report["run"]]
    entries = desk.penstock("history", "everybody", "1").document["entries"]
    assert entries[-1]["run"] == report["run"]


def test_a_run_that_was_cut_short_in_the_future_is_taken_up(
    desk: WrongClock, emulators: tuple[Zendesk, Emulator]
) -> None:
    desk.sql("DELETE FROM customers WHERE id = 9")
    desk.stand.trouble("delay", seconds=40.0)
    faults = emulators[1].call
    replace(desk, ahead_seconds=400 * DAY).kill_run_once(lambda: faults("GET", "/_sandbox/faults").json()[0]["fired"])
    desk.stand.heal()
    report = desk.run()
    assert len(report["recovered"]) == 1
    assert len(desk.stand.users()) == PEOPLE - 1
    assert desk.run()["requests"]["write"] == 0
    assert latest(desk)["seconds"] >= 0
