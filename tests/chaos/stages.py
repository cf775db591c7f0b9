"""Which stage a run is in, told from outside: from the files it writes, the rows of its run store, what it says."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Stage(StrEnum):
    """The life of a run, in order."""

    STARTING = "starting"
    """Before its row stands in the run store."""
    RECOVERING = "recovering"
    """Closing a run that was cut short."""
    READING = "reading"
    COMPARING = "comparing"
    PLANNED = "planned"
    """The plan's records are being written, or are."""
    KEEPING = "keeping"
    """The plan's documents are being written, renamed, synced."""
    PREPARING = "preparing"
    """The plan is kept, and no batch is noted yet."""
    SENDING = "sending"
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
    status: str
    is_open: bool
    started: int
    answered: int

    @property
    def in_flight(self) -> int:
        """Records that were started and whose answer is not noted."""
        return self.started - self.answered


@dataclass(frozen=True, slots=True)
class State:
    """The state folder of a project with the one activation `everybody`."""

    folder: Path

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
        found = self.rows(
            "SELECT run, status, ended_at IS NULL,"
            " (SELECT coalesce(sum(records), 0) FROM batches AS b WHERE b.run = runs.run),"
            " (SELECT coalesce(sum(records), 0) FROM batches AS b WHERE b.run = runs.run AND answer IS NOT NULL)"
            " FROM runs"
        )
        return {
            run: Noted(run=run, status=status, is_open=bool(is_open), started=started, answered=answered)
            for run, status, is_open, started, answered in found
        }

    def folds(self) -> int:
        """How far the ledger has come, as the run store knows it."""
        return sum(fold for (fold,) in self.rows("SELECT fold FROM ledgers"))

    def stage(self, before: Iterable[str], folds: int, said: str) -> Stage:
        """The stage of a process that began when there were these runs and folds, and has said this since."""
        noted = self.noted()
        own = next((noted[run] for run in noted.keys() - set(before)), None)
        if own is None:
            return Stage.STARTING
        if not own.is_open:
            return Stage.OVER
        if any(each.is_open for each in noted.values() if each != own):
            return Stage.RECOVERING
        if own.status in {"planning", "waiting"}:
            return self._planning(self.folder / "runs" / own.run, said)
        if "Writing down" not in said:
            return Stage.SENDING if own.started else Stage.PREPARING
        if self.folds() > folds:
            return Stage.CLOSING
        return Stage.LEARNING if any((self.folder / "directories").glob("*.wal")) else Stage.FOLDING

    def _planning(self, folder: Path, said: str) -> Stage:
        if any(folder.glob("*.json*")):
            return Stage.KEEPING
        if (folder / "plan.parquet").exists():
            return Stage.PLANNED
        return Stage.COMPARING if "Comparing" in said else Stage.READING
