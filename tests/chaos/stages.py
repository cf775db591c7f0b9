"""Which stage a run is in, told from outside: from the files it writes, the rows of its run store, what it says."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from penstock.plan.routes import ROUTES

EVERYBODY = "everybody"
NUMBER_BITS = 40
"""The number of a record's route stands before so many bits of its place in the plan."""


class Stage(StrEnum):
    """The life of a run, in order."""

    STARTING = "starting"
    """Before it has its turn and reads the source."""
    WAITING = "waiting"
    """For the turn of another run to the same account."""
    RECOVERING = "recovering"
    """Closing a run that was cut short."""
    READING = "reading"
    COMPARING = "comparing"
    PLANNED = "planned"
    """The plan's records are being written, or are."""
    LOOKING_UP = "looking up"
    """Users are looked up at the destination, and the plan is settled by what is found."""
    KEEPING = "keeping"
    """The plan's documents are being written, renamed, synced."""
    PREPARING = "preparing"
    """The plan is kept, and no batch is noted yet."""
    SENDING = "sending"
    REMOVING = "removing"
    """Users who left are being suspended or deleted."""
    FOLDING = "folding"
    LEARNING = "learning"
    """The directory of the account is open for writing."""
    CLOSING = "closing"
    """The ledger is folded, and the report is not yet there."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the run store says of a run; the numbers are records."""

    run: str
    activation: str
    status: str
    is_open: bool
    started: int
    answered: int
    removes: bool
    """Whether the answer to a removal is awaited."""

    @property
    def in_flight(self) -> int:
        """Records that were started and whose answer is not noted."""
        return self.started - self.answered


@dataclass(frozen=True, slots=True)
class State:
    """The state folder of a project, and the activation whose runs are looked at."""

    folder: Path
    activation: str = EVERYBODY

    def rows(self, query: str) -> list[Any]:
        """Read the run store, beside whoever writes it; nothing if it is not there yet."""
        path = self.folder / "state.sqlite"
        if not path.exists():
            return []
        try:
            connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0)
        except sqlite3.OperationalError:
            return []
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # its tables are being made
            return []
        finally:
            connection.close()

    def noted(self) -> dict[str, Noted]:
        """The runs by their id."""
        routes = ", ".join(str(route.code) for route in ROUTES if route.action.removes)
        found = self.rows(
            "SELECT run, activation, status, ended_at IS NULL,"
            " (SELECT coalesce(sum(records), 0) FROM batches AS b WHERE b.run = runs.run),"
            " (SELECT coalesce(sum(records), 0) FROM batches AS b WHERE b.run = runs.run AND answer IS NOT NULL),"
            " EXISTS (SELECT 1 FROM batches AS b WHERE b.run = runs.run AND answer IS NULL"
            f" AND b.first >> {NUMBER_BITS} IN ({routes})) FROM runs"
        )
        return {
            run: Noted(
                run=run,
                activation=activation,
                status=status,
                is_open=bool(is_open),
                started=started,
                answered=answered,
                removes=bool(removes),
            )
            for run, activation, status, is_open, started, answered, removes in found
        }

    def folds(self) -> int:
        """How far the ledger has come, as the run store knows it."""
        return sum(fold for (fold,) in self.rows(f"SELECT fold FROM ledgers WHERE activation = '{self.activation}'"))

    def stage(self, before: Iterable[str], folds: int, said: str) -> Stage:
        """The stage of a process that began when there were these runs and folds, and has said this since."""
        mine = {run: noted for run, noted in self.noted().items() if noted.activation == self.activation}
        own = next((mine[run] for run in mine.keys() - set(before)), None)
        if own is None:
            return Stage.STARTING
        if not own.is_open:
            return Stage.OVER
        if own.status == "waiting":
            return Stage.WAITING
        if any(each.is_open for each in mine.values() if each != own):
            return Stage.RECOVERING
        if own.status == "planning" and "Reading" not in said:
            return Stage.STARTING
        if own.status == "planning":
            return self._planning(self.folder / "runs" / own.run, said)
        if "Writing down" not in said:
            return self._sending(own)
        if self.folds() > folds:
            return Stage.CLOSING
        return Stage.LEARNING if any((self.folder / "directories").glob("*.wal")) else Stage.FOLDING

    @staticmethod
    def _sending(own: Noted) -> Stage:
        if own.removes:
            return Stage.REMOVING
        return Stage.SENDING if own.started else Stage.PREPARING

    def _planning(self, folder: Path, said: str) -> Stage:
        if any(folder.glob("*.json*")):
            return Stage.KEEPING
        if (folder / "plan.parquet").exists():
            return Stage.LOOKING_UP if "Looking up" in said else Stage.PLANNED
        return Stage.COMPARING if "Comparing" in said else Stage.READING
