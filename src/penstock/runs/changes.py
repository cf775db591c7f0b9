"""Changes of single records, before → after, read from a plan's file for people to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from penstock.engine import open_engine
from penstock.mapping.conversions import json_sql
from penstock.mapping.slots import MappedSlot
from penstock.plan.plan import Op, Plan
from penstock.plan.records import before_sql, records_errors, records_sql

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
class RecordChange:
    """What happens to one record; `number` is its number in the plan, None if it is not sent."""

    number: int | None
    op: str
    code: str | None
    key: str
    match: str | None
    fields: tuple[FieldChange, ...]
    """What is due; nothing for a record that is held or skipped."""

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        changes = [{"field": c.field, "before": c.before, "after": c.after} for c in self.fields]
        return {"key": self.key, "match": self.match, "op": self.op, "code": self.code, "changes": changes}


def sample_changes(plan: Plan, path: Path, records: int) -> tuple[RecordChange, ...]:
    """Return some of the records that a plan sends: of each kind some, updates rather than creations."""
    found: list[RecordChange] = []
    for op, planned in ((Op.REMOVE, plan.counts.remove), (Op.CLEAR, plan.counts.clear)):
        few = min(records // SHARE_OF_LEAVERS, planned)
        found += _first(plan, path, op, few)
    for op, planned in ((Op.UPDATE, plan.counts.update), (Op.CREATE, plan.counts.create)):
        found += _first(plan, path, op, min(records - len(found), planned))
    return tuple(found)


def _first(plan: Plan, path: Path, op: Op, records: int) -> tuple[RecordChange, ...]:
    if not records:
        return ()
    return _read(plan, path, "op = $op ORDER BY seq LIMIT $records", {"op": op.value, "records": records})


def changes_of(plan: Plan, path: Path, key: str) -> tuple[RecordChange, ...]:
    """Return what a plan holds of a record, named by its primary key or its match value."""
    return _read(plan, path, "key::VARCHAR = $key OR match IN ($key, lower($key))", {"key": key})


def _read(plan: Plan, path: Path, condition: str, parameters: Mapping[str, object]) -> tuple[RecordChange, ...]:
    columns = ["seq", "op", "code", "key::VARCHAR", "match"]
    for mapped in plan.slots:
        columns.append(f"(m{mapped.slot.word} & {mapped.slot.bit}) <> 0")
        columns.append(_json(mapped, before_sql(mapped.slot)) if plan.compared else "NULL")
        columns.append(_json(mapped, mapped.slot.column))
    query = f"SELECT {', '.join(columns)} FROM {records_sql(path)} WHERE {condition}"
    with records_errors(path):
        connection = open_engine(memory="256MB", scratch=path.parent)
        try:
            rows = connection.execute(query, parameters).fetchall()
        finally:
            connection.close()
    return tuple(_change(plan, row) for row in rows)


def _json(mapped: MappedSlot, column: str) -> str:
    return json_sql(mapped.field.conversion, column, instant_format=INSTANT_FORMAT)


def _change(plan: Plan, row: tuple[object, ...]) -> RecordChange:
    number, op, code, key, match, *values = row
    due = values if op not in {Op.HOLD, Op.SKIP} else []
    fields = tuple(
        FieldChange(field=mapped.slot.name, before=_value(values[3 * i + 1]), after=_value(values[3 * i + 2]))
        for i, mapped in enumerate(plan.slots)
        if due and due[3 * i]
    )
    return RecordChange(
        number=number if isinstance(number, int) else None,
        op=str(op),
        code=str(code) if code else None,
        key=str(key),
        match=str(match) if match is not None else None,
        fields=fields,
    )


def _value(text: object) -> object:
    return None if text is None else json.loads(str(text))
