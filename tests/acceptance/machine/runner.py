"""Runs the activation: in this process, and in one of its own that is killed or interrupted."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from penstock.errors import PenstockError
from penstock.operations.history import record_history
from penstock.operations.project import open_project
from penstock.operations.running import RunOptions, run_activation
from tests.acceptance.machine.haste import in_haste
from tests.acceptance.machine.nursery import born
from tests.acceptance.machine.place import Fault, Place

ACTIVATION = "everybody"
ALLOWED = "removed"
"""The guard that would stop runs in which one of these few people leaves."""
_PATIENCE_SECONDS = 60.0
REQUEST_SECONDS = 0.25
"""How long a request is under way that is to be cut off."""


class End(StrEnum):
    """How a run is ended from outside."""

    KILLED = "killed"
    INTERRUPTED = "interrupted"

    @property
    def signal(self) -> signal.Signals:
        """What the process is sent; Ctrl-C is an interruption."""
        return signal.SIGKILL if self is End.KILLED else signal.SIGINT


class Point(StrEnum):
    """What can be seen of a run when it is ended from outside."""

    PLANNED = "once its plan stands"
    SENDING = "while its requests are under way"
    ANSWERED = "after its first answer"
    FOLDING = "while it writes the ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A record or a field of it that the ledger holds; `field` is None for the whole record."""

    key: int
    field: str | None
    code: str


@dataclass(slots=True)
class _Silent:
    """Watches a run and says nothing."""

    def stage(self, sentence: str, records: int | None = None) -> None: ...

    def advance(self, records: int) -> None: ...


@dataclass(slots=True)
class Runner:
    """One project's folder, and how far its clock is ahead."""

    folder: Path
    place: Place
    ahead: timedelta = field(default_factory=timedelta)

    @contextmanager
    def time(self) -> Iterator[None]:
        """Penstock in this process, at this project's time and with its secrets."""
        before, mask = dict(os.environ), os.umask(0o077)
        os.environ.update(self.place.secrets)
        try:
            with in_haste(lambda: self.ahead):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            os.umask(mask)

    def run(self, *, full: bool = False) -> dict[str, Any] | PenstockError:
        """Run to the end; gives the report, or why nothing was sent."""
        try:
            with self.time():
                project = open_project(self.folder)
                report = run_activation(project, ACTIVATION, RunOptions(full=full, allow=[ALLOWED]), _Silent())
        except PenstockError as error:
            return error
        return report.to_json() | {"exit_code": report.exit_code}

    def end(self, how: End, point: Point, jitter: random.Random, faults: list[Fault]) -> bool:
        """Run in a process of its own and end it at a point; False if it came to its end before."""
        seconds = REQUEST_SECONDS * self.place.speed
        slow = [{"on": on, "do": "delay", "seconds": seconds} for on in self.place.writes]
        delayed = self._delayed
        self.place.emulator.faults(*(slow if point is Point.SENDING else []), *faults)
        try:
            ended = self._end_when(self._reached(point), jitter.uniform(0, 0.05), how)
            self._wait(lambda: self._fired <= self._delayed - delayed, "requests do not end")
        finally:
            self.place.emulator.faults(*faults)
        return ended

    def _end_when(self, reached: Callable[[], bool], then_seconds: float, how: End) -> bool:
        command = ["run", ACTIVATION, "--allow", ALLOWED, "--quiet", "--project", str(self.folder)]
        process = born(command, ahead_seconds=self.ahead.total_seconds(), secrets=self.place.secrets)
        try:
            self._wait(lambda: not process.is_alive() or reached(), "the run neither ends nor comes to the point")
            process.join(then_seconds)
            if not process.is_alive():
                return False
            assert process.pid is not None
            os.kill(process.pid, how.signal)
            process.join(_PATIENCE_SECONDS)
            assert process.exitcode is not None, "an ended run does not end"
            assert how is End.KILLED or process.exitcode >= 0, "an interrupted run does not end by itself"
            return True
        except ProcessLookupError:  # it ended just then
            return False
        finally:
            process.kill()
            process.join()

    def _reached(self, point: Point) -> Callable[[], bool]:
        plans, ledger = self.folder / ".penstock" / "runs", self.ledger
        before, requests = set(plans.glob("*/plan.json")), len(self.place.log())
        match point:
            case Point.PLANNED:
                return lambda: not set(plans.glob("*/plan.json")) <= before
            case Point.SENDING:
                return lambda: self._fired > 0
            case Point.ANSWERED:
                return lambda: any(self.place.written(line) is not None for line in self.place.log()[requests:])
            case Point.FOLDING:
                files = (ledger, ledger.with_suffix(".unfinished"), ledger.with_name(ledger.name + ".wal"))
                stamps = [_stamp(file) for file in files]  # a killed run may have left one
                return lambda: [_stamp(file) for file in files] != stamps

    @staticmethod
    def _wait(over: Callable[[], bool], else_: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not over():
            assert time.monotonic() < deadline, else_
            time.sleep(0.002)

    @property
    def _fired(self) -> int:
        """Requests that are or were held up since the faults were set; they outlive the process that made them."""
        return sum(fault["fired"] for fault in self.place.faults() if fault["do"] == "delay")

    @property
    def _delayed(self) -> int:
        """Requests that were held up and have been answered."""
        return sum(line.get("fault") == "delay" for line in self.place.log())

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / ".penstock" / "ledgers" / f"{ACTIVATION}.duckdb"

    @property
    def copy(self) -> Path:
        """Where a copy of it is kept."""
        return self.folder / "ledger.copy"

    def keep_copy(self) -> None:
        """Copy the ledger, as a backup would."""
        shutil.copy2(self.ledger, self.copy)

    def restore_copy(self) -> None:
        """Put the copy back."""
        shutil.copy2(self.copy, self.ledger)

    def lose_ledger(self) -> None:
        """Delete the ledger."""
        self.ledger.unlink()
        self.ledger.with_name(self.ledger.name + ".wal").unlink(missing_ok=True)

    def confirmed(self) -> set[int]:
        """Keys of those who exist at the destination for certain, as far as the ledger knows."""
        if not self.ledger.exists():
            return set()
        with duckdb.connect(self.ledger, read_only=True) as connection:
            rows = connection.execute("SELECT key FROM confirmed WHERE confirmed_at IS NOT NULL").fetchall()
        return {key for (key,) in rows}

    def members(self) -> set[int]:
        """Keys of those whose leaving is not settled, as far as the ledger knows."""
        if not self.ledger.exists():
            return set()
        with duckdb.connect(self.ledger, read_only=True) as connection:
            return {key for (key,) in connection.execute("SELECT key FROM confirmed WHERE member").fetchall()}

    def holds(self) -> list[Hold]:
        """What the ledger holds."""
        with duckdb.connect(self.ledger, read_only=True) as connection:
            rows = connection.execute(
                "SELECT h.key, s.name, h.code FROM holds AS h LEFT JOIN slots AS s ON s.number = h.slot"
            ).fetchall()
        return [Hold(key=key, field=name, code=code) for key, name, code in rows]

    def history(self, key: int) -> list[dict[str, Any]]:
        """What was done to a record, oldest first."""
        with self.time():
            return [entry.to_json() for entry in record_history(open_project(self.folder), ACTIVATION, str(key))]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except FileNotFoundError:  # perhaps only just
        return (0, 0)
    return (about.st_mtime_ns, about.st_size)
