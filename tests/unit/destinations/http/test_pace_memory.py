"""What a pace has spent is known to the next process, and never makes it wait longer than a window."""

import asyncio
import json
from pathlib import Path

import pytest

from penstock.destinations.http.pace import Pace
from penstock.destinations.http.pace_memory import PaceMemory, remembering

URL = "https://acme.zendesk.com"
NOW = 1_800_000_000.0


class Standing:
    """A pace that is free after so many seconds."""

    def __init__(self, free_in_seconds: float = 0.0) -> None:
        self.free_in_seconds = free_in_seconds
        self.paused = 0.0

    def pause(self, seconds: float) -> None:
        self.paused = seconds


def left(folder: Path, *, now: float = NOW, url: str = URL, **paces: float) -> None:
    """A process ends whose paces are free after so many seconds."""
    memory = PaceMemory(folder, url, clock=lambda: now)
    for name, seconds in paces.items():
        memory.add(name, Standing(seconds))
    memory.keep()


def pause_found(folder: Path, name: str = "requests", *, now: float = NOW, url: str = URL) -> float:
    """How long the next process lets its pace rest."""
    pace = Standing()
    PaceMemory(folder, url, clock=lambda: now).add(name, pace)
    return pace.paused


def test_a_pace_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    left(tmp_path, requests=12.0, exports=15.0)
    assert pause_found(tmp_path) == 12.0
    assert pause_found(tmp_path, now=NOW + 5) == 7.0
    assert pause_found(tmp_path, "exports", now=NOW + 5) == 10.0
    assert pause_found(tmp_path, now=NOW + 12) == 0.0
    assert pause_found(tmp_path, "something else") == 0.0
    assert pause_found(tmp_path, url="https://other.zendesk.com") == 0.0


def test_of_two_processes_the_longer_wait_counts(tmp_path: Path) -> None:
    left(tmp_path, requests=12.0)
    left(tmp_path, requests=2.0, exports=1.0)
    assert pause_found(tmp_path) == 12.0
    assert pause_found(tmp_path, "exports") == 1.0


def test_a_clock_that_was_set_back_holds_nobody_up(tmp_path: Path) -> None:
    left(tmp_path, requests=12.0)
    assert pause_found(tmp_path, now=NOW - 3600) == 0.0
    left(tmp_path, now=NOW - 3600, requests=3.0)
    assert pause_found(tmp_path, now=NOW - 3600) == 3.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        json.dumps({"written": NOW, "free": 3}),
        json.dumps({"written": NOW, "free": {"requests": "soon"}}),
        json.dumps({"written": "now", "free": {"requests": NOW + 5}}),
        json.dumps({"written": NOW, "free": {"requests": NOW + 61}}),
        '{"written": 0, "free": {"requests": NaN}}',
        '{"written": 0, "free": {"requests": Infinity}}',
    ],
)
def test_what_cannot_be_read_or_is_out_of_reason_is_passed_over(tmp_path: Path, text: str) -> None:
    left(tmp_path, requests=5.0)
    (path,) = tmp_path.iterdir()
    path.write_text(text)
    assert pause_found(tmp_path) == 0.0
    left(tmp_path, requests=4.0)
    assert pause_found(tmp_path) == 4.0


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    left(tmp_path / "none", requests=5.0)
    assert list(tmp_path.iterdir()) == []


async def _end_with_a_slow_request(folder: Path) -> float:
    async with remembering(folder, URL) as memory:
        pace = Pace(0.05)
        memory.add("requests", pace)
        await pace.wait()
    async with remembering(folder, URL) as memory:
        next_pace = Pace(0.05)
        memory.add("requests", next_pace)
        return next_pace.free_in_seconds


def test_the_distance_between_requests_is_kept_over_two_sessions(tmp_path: Path) -> None:
    assert 10 < asyncio.run(_end_with_a_slow_request(tmp_path)) <= 20 / 0.97
