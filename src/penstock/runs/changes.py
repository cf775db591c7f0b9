"""Changes of single records, before → after, read from a plan's file for people to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.engine import open_engine
from penstock.mapping.conversions import json_sql
from penstock.mapping.slots import MappedSlot, Slot
from penstock.plan.outcomes import FILLED, IDENTITY_HELD
from penstock.plan.plan import Op, Plan
from penstock.plan.records import before_sql, records_errors, records_sql
from penstock.quoting import quote_text

SHARE_OF_LEAVERS = 3
"""Of a sample, one part in so many at most shows who is removed, and as much who is cleared."""
INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One attribute of a record; `before` is what the destination confirmed, None also if it never did."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldField:
    """An attribute that is not sent although its value is another one now, and the code of the reason."""

    field: str
    code: str

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        return {"field": self.field, "code": self.code}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """What happens to one record; `number` is its number in the plan, None if it is not sent."""

    number: int | None
    op: str
    code: str | None
    key: str
    match: str | None
    fields: tuple[FieldChange, ...]
    """What is due; nothing for a record that is held or skipped."""
    held: tuple[HeldField, ...] = ()
    """What is left out, whatever happens to the rest of the record."""

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        changes = [{"field": c.field, "before": c.before, "after": c.after} for c in self.fields]
        return {
            "key": self.key,
            "match": self.match,
            "op": self.op,
            "code": self.code,
            "changes": changes,
            "held": [held.to_json() for held in self.held],
        }


def sample_changes(plan: Plan, path: Path, records: int) -> tuple[RecordChange, ...]:
    """Return some of the records that a plan sends: of each kind some, updates rather than creations."""
    found: list[RecordChange] = []
    others = plan.counts.update + plan.counts.create
    with plan_reader() as reader:
        for op, planned in ((Op.REMOVE, plan.counts.remove), (Op.CLEAR, plan.counts.clear)):
            few = max(records // SHARE_OF_LEAVERS, records - len(found) - others)
            found += _first(reader, plan, path, op, min(few, planned))
        for op, planned in ((Op.UPDATE, plan.counts.update), (Op.CREATE, plan.counts.create)):
            found += _first(reader, plan, path, op, min(records - len(found), planned))
    return tuple(found)


@contextmanager
def plan_reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that reads changes from the files of any number of plans."""
    connection = open_engine(memory="256MB")
    try:
        yield connection
    finally:
        connection.close()


def _first(
    reader: duckdb.DuckDBPyConnection, plan: Plan, path: Path, op: Op, records: int
) -> tuple[RecordChange, ...]:
    if not records:
        return ()
    return _read(reader, plan, path, "op = $op ORDER BY seq LIMIT $records", {"op": op.value, "records": records})


def changes_of(reader: duckdb.DuckDBPyConnection, plan: Plan, path: Path, key: str) -> tuple[RecordChange, ...]:
    """Return what a plan holds of a record, named by its primary key or its match value."""
    return _read(reader, plan, path, "key::VARCHAR = $key OR match IN ($key, lower($key))", {"key": key})


def _read(
    reader: duckdb.DuckDBPyConnection, plan: Plan, path: Path, condition: str, parameters: Mapping[str, object]
) -> tuple[RecordChange, ...]:
    columns = ["seq", "op", "code", "key::VARCHAR", "match"]
    for mapped in plan.slots:
        columns.append(f"(m{mapped.slot.word} & {mapped.slot.bit}) <> 0")
        columns.append(_why_held(plan, mapped.slot))
        columns.append(_json(mapped, before_sql(mapped.slot)) if plan.compared else "NULL")
        columns.append(_json(mapped, mapped.slot.column))
    query = f"SELECT {', '.join(columns)} FROM {records_sql(path)} WHERE {condition}"
    with records_errors(path):
        rows = reader.execute(query, parameters).fetchall()
    return tuple(_change(plan, row) for row in rows)


def _why_held(plan: Plan, slot: Slot) -> str:
    """SQL of the code of the reason why an attribute is left out, null if it is not."""
    filled = f" WHEN (k{slot.word} & {slot.bit}) <> 0 THEN {quote_text(FILLED)}" if plan.filled else ""
    return f"CASE WHEN (x{slot.word} & {slot.bit}) <> 0 THEN {quote_text(IDENTITY_HELD)}{filled} END"


def _json(mapped: MappedSlot, column: str) -> str:
    return json_sql(mapped.field.conversion, column, instant_format=INSTANT_FORMAT)


def _change(plan: Plan, row: tuple[object, ...]) -> RecordChange:
    number, op, code, key, match, *values = row
    names = [mapped.slot.name for mapped in plan.slots]
    due, why_held, before, after = (values[i::4] for i in range(4))
    fields = tuple(
        FieldChange(field=names[i], before=_value(before[i]), after=_value(after[i]))
        for i in range(len(names))
        if due[i] and op not in {Op.HOLD, Op.SKIP}
    )
    held = tuple(HeldField(field=name, code=str(code)) for name, code in zip(names, why_held, strict=True) if code)
    return RecordChange(
        number=number if isinstance(number, int) else None,
        op=str(op),
        code=str(code) if code else None,
        key=str(key),
        match=str(match) if match is not None else None,
        fields=fields,
        held=held,
    )


def _value(text: object) -> object:
    return None if text is None else json.loads(str(text))
