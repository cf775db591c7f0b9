"""The run store (SQLite): runs, their batches and exceptions, and each ledger's last fold. Every write is durable.

A batch's range is marked as started before its first request and gets its receipt after the answer; writes of
several batches share a commit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penstock.plan.outcomes import Answer, Delivery, Outcome, RecordException
from penstock.plan.receipts import BatchReceipt, Receipts
from penstock.plan.shape import Batch
from penstock.runs.store_file import open_store_file, store_errors

FILE = "state.sqlite"
PLANNING = "planning"
WAITING = "waiting"
"""The state of a run that waits for another one to the same account."""
SENDING = "sending"
"""The state of a run whose plan is kept and whose batches may have gone out."""

TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run TEXT PRIMARY KEY, activation TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT, report TEXT
);
CREATE INDEX IF NOT EXISTS runs_by_activation ON runs (activation, run);
CREATE TABLE IF NOT EXISTS batches (
    run TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, records INTEGER NOT NULL, answer TEXT,
    ignored TEXT, code TEXT, reason TEXT, handle TEXT, remote_ids TEXT, created INTEGER, PRIMARY KEY (run, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exceptions (
    run TEXT NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
    fields TEXT NOT NULL, PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledgers (
    activation TEXT PRIMARY KEY, ledger_id TEXT NOT NULL, fold INTEGER NOT NULL
) WITHOUT ROWID;
"""
LATER_COLUMNS = (("handle", "TEXT"), ("remote_ids", "TEXT"), ("created", "INTEGER"))
"""Columns of `batches` that a store of an earlier version lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is written down together: batches that start, handles by which answers can be collected, receipts."""

    started: Sequence[Batch] = ()
    handled: Sequence[tuple[Batch, str]] = ()
    ended: Sequence[tuple[Batch, Delivery]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as the store knows it; `status` is waiting, planning, sending, or what its report says."""

    run: str
    activation: str
    kind: str
    status: str
    started_at: str
    ended_at: str | None
    report: dict[str, object] | None


class RunStore:
    """The only speaker of the run store's SQL. Raises StorageError when the file cannot be read or written."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._path = folder / FILE
        with store_errors(self._path, "open the run store"):
            self._connection = open_store_file(self._path, read_only=read_only)
            if not read_only:
                self._connection.executescript(TABLES)
                self._add_columns()

    def _add_columns(self) -> None:
        """Give a store of an earlier version the columns that came later."""
        present = self._columns()
        for name, kind in LATER_COLUMNS:
            if name not in present:
                self._connection.execute(f"ALTER TABLE batches ADD COLUMN {name} {kind}")

    def _columns(self) -> set[str]:
        return {row[1] for row in self._connection.execute("PRAGMA table_info(batches)")}

    @property
    def is_empty(self) -> bool:
        """Whether no run was ever noted; a store that is only read may lack its tables."""
        return not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'ledgers'", ())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self, run: str, activation: str, kind: str, started_at: str) -> None:
        """Note that a run begins, in the state planning."""
        self._write(
            "INSERT INTO runs (run, activation, kind, status, started_at) VALUES (?, ?, ?, ?, ?)",
            (run, activation, kind, PLANNING, started_at),
        )

    def set_status(self, run: str, status: str, kind: str | None = None) -> None:
        """Move a run to another state."""
        self._write("UPDATE runs SET status = ?, kind = coalesce(?, kind) WHERE run = ?", (status, kind, run))

    def end(self, run: str, status: str, ended_at: str, report: dict[str, object]) -> None:
        """Close a run with its report."""
        self._write(
            "UPDATE runs SET status = ?, ended_at = ?, report = ? WHERE run = ?",
            (status, ended_at, json.dumps(report, ensure_ascii=False), run),
        )

    def note_fold(self, activation: str, ledger_id: str, fold: int) -> None:
        """Remember how far an activation's ledger has come."""
        self._write("INSERT OR REPLACE INTO ledgers VALUES (?, ?, ?)", (activation, ledger_id, fold))

    def last_fold(self, activation: str) -> tuple[str, int] | None:
        """Return the id and the fold of the ledger that the activation last had."""
        row = self._rows("SELECT ledger_id, fold FROM ledgers WHERE activation = ?", (activation,))
        return (str(row[0][0]), int(row[0][1])) if row else None

    def record(self, run: str, notes: Notes) -> None:
        """Note what happened to batches, all in one durable commit."""
        with store_errors(self._path, "write the journal"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(
                    "INSERT INTO batches (run, first, last, records) VALUES (?, ?, ?, ?)",
                    [(run, batch.first, batch.last, batch.count) for batch in notes.started],
                )
                self._connection.executemany(
                    "UPDATE batches SET handle = ? WHERE run = ? AND first = ?",
                    [(handle, run, batch.first) for batch, handle in notes.handled],
                )
                for batch, delivery in notes.ended:
                    self._receive(run, batch, delivery)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def _receive(self, run: str, batch: Batch, delivery: Delivery) -> None:
        sent = batch.count if delivery.sent is None else delivery.sent
        self._connection.execute(
            "UPDATE batches SET answer = ?, ignored = ?, code = ?, reason = ?, remote_ids = ?, created = ?, last = ?,"
            " records = ? WHERE run = ? AND first = ?",
            (
                delivery.answer.value if sent else Answer.NOT_SENT.value,
                json.dumps(delivery.ignored) if delivery.ignored else None,
                delivery.code,
                delivery.reason,
                json.dumps(list(delivery.remote_ids.items())) if delivery.remote_ids else None,
                delivery.created,
                batch.numbers[sent - 1] if sent else batch.last,
                sent or batch.count,
                run,
                batch.first,
            ),
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO exceptions VALUES (?, ?, ?, ?, ?, ?)",
            [(run, e.number, e.outcome.value, e.code, e.message, json.dumps(e.fields)) for e in delivery.exceptions],
        )

    def receipts(self, run: str) -> Receipts:
        """Read back all that is known of a run's batches, also from a store of an earlier version."""
        with store_errors(self._path, "read the run store"):
            return self._receipts(run)

    def _receipts(self, run: str) -> Receipts:
        present = self._columns()
        later = ", ".join(name if name in present else "NULL" for name, _ in LATER_COLUMNS)
        batches = tuple(
            BatchReceipt(
                first=first,
                last=last,
                records=records,
                answer=Answer(answer) if answer else None,
                ignored=tuple(json.loads(ignored)) if ignored else (),
                code=code or "",
                reason=reason or "",
                handle=handle or "",
                remote_ids=remote_ids or "",
                created=created,
            )
            for first, last, records, answer, ignored, code, reason, handle, remote_ids, created in self._rows(
                f"SELECT first, last, records, answer, ignored, code, reason, {later}"
                " FROM batches WHERE run = ? ORDER BY first",
                (run,),
            )
        )
        exceptions = tuple(
            RecordException(
                number=number, outcome=Outcome(outcome), code=code, message=message, fields=tuple(json.loads(fields))
            )
            for number, outcome, code, message, fields in self._rows(
                "SELECT number, outcome, code, message, fields FROM exceptions WHERE run = ? ORDER BY number", (run,)
            )
        )
        return Receipts(batches=batches, exceptions=exceptions)

    def runs(self, activation: str | None = None, *, run: str | None = None, limit: int = 1000) -> tuple[RunRow, ...]:
        """Return runs, newest first: in the order in which they began, whatever the clock said then."""
        with store_errors(self._path, "read the run store"):
            return self._runs(activation, run, limit)

    def _runs(self, activation: str | None, run: str | None, limit: int) -> tuple[RunRow, ...]:
        rows = self._rows(
            "SELECT run, activation, kind, status, started_at, ended_at, report FROM runs"
            " WHERE (?1 IS NULL OR activation = ?1) AND (?2 IS NULL OR run = ?2) ORDER BY rowid DESC LIMIT ?3",
            (activation, run, limit),
        )
        return tuple(
            RunRow(
                run=row[0],
                activation=row[1],
                kind=row[2],
                status=row[3],
                started_at=row[4],
                ended_at=row[5],
                report=json.loads(row[6]) if row[6] else None,
            )
            for row in rows
        )

    def ids(self) -> frozenset[str]:
        """Return the ids of all runs."""
        return frozenset(str(row[0]) for row in self._rows("SELECT run FROM runs", ()))

    def unfinished(self, activation: str) -> tuple[RunRow, ...]:
        """Return the runs of an activation that never came to an end, oldest first."""
        open_runs = [row for row in self.runs(activation) if row.ended_at is None]
        return tuple(reversed(open_runs))

    def cut_short(self) -> tuple[str, ...]:
        """Return the activations of which a run is sending, or was when its process ended."""
        rows = self._rows(
            "SELECT DISTINCT activation FROM runs WHERE status = ? AND ended_at IS NULL ORDER BY activation",
            (SENDING,),
        )
        return tuple(str(row[0]) for row in rows)

    def knows(self, activation: str) -> bool:
        """Whether the activation ever ran."""
        return bool(self._rows("SELECT 1 FROM runs WHERE activation = ? LIMIT 1", (activation,)))

    def rename(self, formerly: str, activation: str) -> None:
        """Let an activation that was renamed keep its runs and its ledger."""
        self._write("UPDATE runs SET activation = ? WHERE activation = ?", (activation, formerly))
        self._write("UPDATE OR IGNORE ledgers SET activation = ? WHERE activation = ?", (activation, formerly))

    def _write(self, statement: str, parameters: Sequence[object]) -> None:
        with store_errors(self._path, "write the run store"):
            self._connection.execute(statement, tuple(parameters))

    def _rows(self, statement: str, parameters: Sequence[object]) -> list[Any]:
        with store_errors(self._path, "read the run store"):
            return list(self._connection.execute(statement, tuple(parameters)))
