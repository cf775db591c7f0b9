"""A run that is being folded: its plan and its receipts as relations of the engine, `plan` and `exceptions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from penstock.catalog.entities import Leave
from penstock.ledger.directory import Learnt
from penstock.mapping.slots import mask
from penstock.plan.outcomes import DELETED, STAYS, Outcome
from penstock.plan.plan import Plan
from penstock.plan.receipts import Receipts, coalesce, range_sql
from penstock.plan.records import records_sql
from penstock.quoting import quote_text

LEARNT = Learnt(
    found="(SELECT match, remote_id FROM plan SEMI JOIN learnt USING (seq))",
    gone=f"(SELECT match FROM plan WHERE seq IN (SELECT seq FROM exceptions WHERE code = {quote_text(DELETED)})"
    " UNION ALL SELECT match FROM deleted)",
)
"""Of the plan that is being folded: who was found at the destination, and who is gone, perhaps."""
RECORD = -1
"""Stands for the whole record in doubts and holds."""
REMOVAL = -2
"""Stands for the removal of a record in doubts."""
LEAVING = -3
"""Stands in holds for the removal of a record that has left, which waits until no other activation wants the user."""
RANGES_PER_STATEMENT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedRun:
    """The engine with the ledger attached, and what is folded into it; without `path` the plan has no records."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    path: Path | None
    receipts: Receipts
    now: datetime


def nothing_sql(run: FoldedRun) -> str:
    """SQL of an UPDATE's assignments by which none of a ledger row's values is confirmed."""
    nothing = [f"s{word} = 0" for word in run.plan.words]
    return ", ".join([*nothing, *(f"{mapped.slot.column} = NULL" for mapped in run.plan.slots)])


def stand_up(run: FoldedRun, path: Path) -> None:
    """Make the relations: of a plan's file, with the newest remote ids, and of the exceptions."""
    rows = f"FROM {records_sql(path)}"
    if _lend(run, "learnt", _learnt(run)):
        newest = "coalesce(learnt.id, p.remote_id) AS remote_id"
        rows = f"SELECT p.* REPLACE ({newest}) {rows} AS p LEFT JOIN learnt USING (seq)"
    run.connection.execute(f"CREATE OR REPLACE TEMP VIEW plan AS {rows}")
    _lend(run, "exceptions", _noted(run))
    _stand_up_deleted(run)


def _stand_up_deleted(run: FoldedRun) -> None:
    """Make the relation `deleted`: those who were deleted, or may have been because the answer was lost."""
    sent = [part for ranges in run.receipts.delivered().values() for part in ranges] + run.receipts.lost()
    run.connection.execute(
        "CREATE OR REPLACE TEMP TABLE deleted AS SELECT key, match FROM plan"
        f" WHERE op = 'remove' AND {'true' if run.plan.leave is Leave.DELETE else 'false'}"
        f" AND {range_sql('seq', coalesce(sent))} AND seq NOT IN (SELECT seq FROM exceptions"
        f" WHERE outcome = '{Outcome.REJECTED}' OR code IN ({', '.join(map(quote_text, STAYS))}))"
    )


def _lend(run: FoldedRun, name: str, rows: pa.Table) -> bool:
    """Make a table of the engine; return whether it has rows."""
    run.connection.register("lent", rows)
    run.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM lent")
    run.connection.unregister("lent")
    return bool(rows.num_rows)


def _learnt(run: FoldedRun) -> pa.Table:
    """The remote ids that the destination told, by the numbers of their records."""
    pairs = list(run.receipts.remote_ids())
    numbers = pa.array([number for number, _ in pairs], pa.int64())
    return pa.table({"seq": numbers, "id": pa.array([remote_id for _, remote_id in pairs], pa.string())})


def _noted(run: FoldedRun) -> pa.Table:
    """The exceptions as a table: `whole` unless only some fields were refused, whose bits are in `r<word>`."""
    noted = run.receipts.exceptions
    columns = {
        "seq": pa.array([each.number for each in noted], pa.int64()),
        "outcome": pa.array([each.outcome.value for each in noted], pa.string()),
        "code": pa.array([each.code for each in noted], pa.string()),
        "message": pa.array([each.message for each in noted], pa.string()),
        "whole": pa.array([not each.fields for each in noted], pa.bool_()),
    }
    refused = [[run.plan.slot_of(name) for name in each.fields] for each in noted]
    for word in run.plan.words:
        columns[f"r{word}"] = pa.array([mask(slots, word) for slots in refused], pa.int64())
    return pa.table(columns)


def slots_of(run: FoldedRun, names: Sequence[str]) -> list[int]:
    """Slots of the mapped ones among names from an answer, which may name more than was sent."""
    return [mapped.slot.number for mapped in run.plan.slots if mapped.slot.name in names]
