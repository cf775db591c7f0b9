"""What was done: runs, reports, and what was sent for one record and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from penstock.engine import state_errors
from penstock.errors import ConfigurationError
from penstock.operations.project import Project, reason_specs
from penstock.plan.outcomes import FIELD_IGNORED, Answer, Outcome
from penstock.plan.plan import Op
from penstock.plan.reasons import OWN_REASONS
from penstock.plan.receipts import BatchReceipt, Receipts
from penstock.plan.routes import route_of
from penstock.plan.shape import Action
from penstock.runs.changes import RecordChange, changes_of, plan_reader
from penstock.runs.journal import FILE, RunRow, RunStore
from penstock.runs.kept import kept_plan
from penstock.runs.moved import keys_moved


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """What one run did to a record; `outcome` is None while nothing was sent for it."""

    run: str
    started_at: str
    change: RecordChange
    outcome: str | None
    code: str
    message: str
    """The destination's own words, if it said any."""
    meaning: str
    fix: str
    not_confirmed: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        return {
            "run": self.run,
            "started_at": self.started_at,
            **self.change.to_json(),
            "outcome": self.outcome,
            "reason": {"code": self.code, "meaning": self.meaning, "message": self.message, "fix": self.fix}
            if self.code
            else None,
            "not_confirmed": list(self.not_confirmed),
        }


@contextmanager
def _reading(project: Project) -> Iterator[RunStore | None]:
    with state_errors("read the run store"):
        exists = (project.home.folder / FILE).exists()
    if not exists:
        yield None
        return
    store = RunStore(project.home.folder, read_only=True)
    try:
        yield None if store.is_empty else store
    finally:
        store.close()


def list_runs(project: Project, activation: str | None = None) -> tuple[RunRow, ...]:
    """Return the runs of an activation, or of all, newest first."""
    if activation is not None:
        project.activation(activation)
    with _reading(project) as store:
        return store.runs(activation) if store else ()


def read_run(project: Project, run: str) -> RunRow:
    """Return one run; `latest` names the newest. Raises ConfigurationError."""
    with _reading(project) as store:
        rows = (store.runs(limit=1) if run == "latest" else store.runs(run=run)) if store else ()
    if not rows:
        raise ConfigurationError(
            f"There is no run `{run}`.",
            fix="`penstock runs` lists them all.",
            code="unknown_run",
        )
    return rows[0]


def segment_history(project: Project, segment: str) -> tuple[RunRow, ...]:
    """Return the runs that sent a segment, newest first, also those under its former name."""
    formerly = project.segment(segment).formerly
    with _reading(project) as store:
        rows = store.runs(limit=1_000_000) if store else ()
    return tuple(row for row in rows if _segment_of(row) in {segment, formerly or segment})


def _segment_of(row: RunRow) -> object:
    membership = (row.report or {}).get("membership")
    return membership.get("segment") if isinstance(membership, dict) else None


def moved_keys(project: Project, row: RunRow, *, entered: bool) -> Iterator[str]:
    """Yield the keys of those who entered before a run, or who left, in their order.

    Raises ConfigurationError where nobody knows, and StorageError.
    """
    membership = (row.report or {}).get("membership")
    number = membership.get("entered" if entered else "left") if isinstance(membership, dict) else None
    if number is None:
        raise ConfigurationError(
            f"Nobody knows who {'entered' if entered else 'left'} before run {row.run}: it sent nothing, or what it"
            " was to be compared with is lost.",
            fix=f"`penstock runs {row.activation}` lists the runs; look at another one.",
            code="members_unknown",
        )
    if number:
        with plan_reader() as reader:
            yield from keys_moved(reader, project.home, row.run, row.activation, entered=entered)


def record_history(project: Project, activation: str, key: str) -> tuple[HistoryEntry, ...]:
    """Return what every kept run of an activation did to a record, oldest first.

    `key` is the record's primary key or its match value. Raises ConfigurationError, StorageError.
    """
    project.activation(activation)
    with _reading(project) as store:
        if store is None:
            return ()
        rows = reversed(store.runs(activation, limit=1_000_000))
        with plan_reader() as reader:
            return tuple(entry for row in rows for entry in _entries(project, store, reader, row, key))


def _entries(
    project: Project, store: RunStore, reader: duckdb.DuckDBPyConnection, row: RunRow, key: str
) -> Iterator[HistoryEntry]:
    kept = kept_plan(project.home, row.run, row.activation)
    path = project.home.plan_file(row.run)
    if kept is None or not path.exists():
        return
    plan, _ = kept
    changes = changes_of(reader, plan, path, key)
    if not changes:
        return
    receipts = store.receipts(row.run)
    specs = {spec.code: spec for spec in (*OWN_REASONS, *reason_specs(project, row.activation))}
    for change in changes:
        outcome, code, message, missing = _outcome(change, receipts)
        yield HistoryEntry(
            run=row.run,
            started_at=row.started_at,
            change=change,
            outcome=outcome,
            code=code,
            message=message,
            meaning=specs[code].meaning if code in specs else "",
            fix=specs[code].fix if code in specs else "",
            not_confirmed=missing,
        )


def _outcome(change: RecordChange, receipts: Receipts) -> tuple[str | None, str, str, tuple[str, ...]]:
    if change.number is None:
        skipped = Outcome.SKIPPED.value if change.op in {Op.HOLD, Op.SKIP} else None
        return skipped, change.code or "", "", ()
    for exception in receipts.exceptions:
        if exception.number == change.number:
            return exception.outcome.value, exception.code, exception.message, exception.fields
    for batch in receipts.batches:
        if batch.first <= change.number <= batch.last:
            if batch.is_lost:
                return Outcome.UNKNOWN.value, batch.code or "answer_lost", batch.reason, ()
            if batch.answer is Answer.NOT_SENT:
                return Outcome.SKIPPED.value, batch.code, batch.reason, ()
            return _answered(change, batch, receipts)
    return Outcome.SKIPPED.value, "not_sent", "", ()


def _answered(
    change: RecordChange, batch: BatchReceipt, receipts: Receipts
) -> tuple[str | None, str, str, tuple[str, ...]]:
    """Tell a record that the destination took, perhaps without keeping anything of it."""
    due = {field.field for field in change.fields}
    ignored = tuple(name for name in batch.ignored if name in due)
    restored = route_of(batch.last).action is Action.RESTORE
    if ignored and len(ignored) == len(due) and not restored and change.number not in receipts.created_again():
        return Outcome.SKIPPED.value, FIELD_IGNORED, "", ignored
    return Outcome.DELIVERED.value, "", "", ignored
