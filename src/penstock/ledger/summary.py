"""Figures of a plan, read from its file and from the desired records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.catalog.entities import When
from penstock.ledger.census import DESIRED
from penstock.ledger.gathering import has_rows
from penstock.ledger.set_aside import EXAMPLES
from penstock.mapping.conversions import unsendable_sql
from penstock.mapping.slots import MappedSlot, Slot
from penstock.plan.plan import Held, Op, Unsendable, UnsentValues
from penstock.plan.records import records_sql
from penstock.quoting import quote_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """How many records do what, and in how many each field is due."""

    create: int
    update: int
    held: int
    left: int
    returned: int
    clear: int
    remove: int
    staying: int
    changes: Mapping[str, int]
    holds: tuple[Held, ...]
    """Of those who left as well."""
    skips: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCounts:
    """Members of a plan by what the ledger knows of them."""

    gone: int
    """Members that are no longer desired, whatever happens to them now."""
    returned: int
    """Members that had left, whatever happens to them now."""
    new: int
    suspects: int
    """Those whose match value may be that of another member: new, returned or changed."""


def nothing_planned() -> PlanFacts:
    """Return the facts of a plan without records."""
    return PlanFacts(
        create=0, update=0, held=0, left=0, returned=0, clear=0, remove=0, staying=0, changes={}, holds=(), skips=()
    )


def read_plan(connection: duckdb.DuckDBPyConnection, path: Path, slots: Sequence[MappedSlot]) -> PlanFacts:
    """Count a plan's records by what happens to them."""
    rows = connection.execute(
        f"SELECT op, code, gone, count(*), min(key::VARCHAR, {EXAMPLES}) FILTER (code IS NOT NULL)"
        " FROM read_parquet(?) GROUP BY op, code, gone ORDER BY op, code",
        [str(path)],
    ).fetchall()
    by_op: Counter[tuple[str, bool]] = Counter()
    holds: list[Held] = []
    skips: list[Held] = []
    staying = 0
    for op, code, gone, records, examples in rows:
        by_op[op, gone] += records
        if code is None:
            continue
        (skips if op == Op.SKIP else holds).append(Held(code=code, records=records, examples=tuple(examples or ())))
        staying += records if gone and op != Op.SKIP else 0
    return PlanFacts(
        create=by_op[Op.CREATE, False],
        update=by_op[Op.UPDATE, False],
        held=by_op[Op.HOLD, False],
        left=by_op[Op.LEAVE, True] + by_op[Op.CLEAR, True] + by_op[Op.REMOVE, True],
        returned=by_op[Op.RETURN, False],
        clear=by_op[Op.CLEAR, True],
        remove=by_op[Op.REMOVE, True],
        staying=staying,
        changes=_changes(connection, path, slots),
        holds=tuple(holds),
        skips=tuple(skips),
    )


def _changes(connection: duckdb.DuckDBPyConnection, path: Path, slots: Sequence[MappedSlot]) -> dict[str, int]:
    if not slots:
        return {}
    sums = ", ".join(f"count(*) FILTER ((m{mapped.slot.word} & {mapped.slot.bit}) <> 0)" for mapped in slots)
    row = connection.execute(f"SELECT {sums} FROM {records_sql(path)} WHERE seq IS NOT NULL").fetchone()
    return {mapped.slot.name: records for mapped, records in zip(slots, row or (), strict=False) if records}


def counts_by_known(connection: duckdb.DuckDBPyConnection, path: Path) -> KnownCounts:
    """Count those that are gone, returned and are new to the ledger."""
    row = connection.execute(
        "SELECT count(*) FILTER (gone AND was_member), count(*) FILTER (NOT gone AND known AND NOT was_member),"
        f" count(*) FILTER (NOT gone AND NOT known), count(*) FILTER ({_SUSPECT}) FROM read_parquet(?)",
        [str(path)],
    ).fetchone()
    gone, returned, new, suspects = row or (0, 0, 0, 0)
    return KnownCounts(gone=gone, returned=returned, new=new, suspects=suspects)


_SUSPECT = "NOT gone AND (NOT known OR NOT was_member OR code = 'identity_changed')"


def new_identities_unique(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether no new key occurs twice, and no match value of new, returned and changed ones twice among all members.

    The members beside them have the match value that the ledger has; whoever left has given his up.
    """
    parameters = {"path": str(path)}
    suspects = f"(SELECT key, match FROM read_parquet($path) WHERE {_SUSPECT})"
    row = connection.execute(
        f"SELECT count(*) = count(DISTINCT key) AND count(*) = count(DISTINCT match) FROM {suspects}", parameters
    ).fetchone()
    if not (row and row[0]):
        return False
    released = "(SELECT key FROM read_parquet($path) WHERE gone OR code = 'identity_changed')"
    taken = f"member AND match IN (SELECT match FROM {suspects}) AND key NOT IN {released}"
    return not has_rows(connection, f"FROM penstock_ledger.confirmed WHERE {taken}", parameters)


def unsendable(connection: duckdb.DuckDBPyConnection, slots: Sequence[MappedSlot]) -> tuple[Unsendable, ...]:
    """Count, for each field that can have them, the values that cannot be sent."""
    risky = {m.slot: m for m in slots if m.field.options or unsendable_sql(m.field.conversion, "x") is not None}
    return tuple(
        Unsendable(
            field=slot.name,
            records=records,
            examples=examples,
            refused=_refused(connection, risky[slot]),
            options=risky[slot].field.options,
        )
        for slot, records, examples in _marked(connection, DESIRED, list(risky), "b")
    )


def _refused(connection: duckdb.DuckDBPyConnection, mapped: MappedSlot) -> tuple[str, ...]:
    """The most frequent values that are none of a field's options."""
    if not mapped.field.options:
        return ()
    column = mapped.slot.refused
    rows = connection.execute(
        f"SELECT {column} FROM {DESIRED} WHERE {column} IS NOT NULL GROUP BY {column}"
        f" ORDER BY count(*) DESC, {column} LIMIT {EXAMPLES}"
    ).fetchall()
    return tuple(str(value) for (value,) in rows)


def fixed(connection: duckdb.DuckDBPyConnection, path: Path, slots: Sequence[MappedSlot]) -> tuple[UnsentValues, ...]:
    """Count, for each field that only a creation sets, the members in which it has changed since."""
    only_once = [m.slot for m in slots if m.field.create_only]
    return _unsent(connection, path, only_once, "x")


def filled(
    connection: duckdb.DuckDBPyConnection, path: Path, slots: Sequence[MappedSlot]
) -> tuple[UnsentValues, ...]:
    """Count, for each field that is only sent while a user has no value, the members who have one."""
    ruled = [m.slot for m in slots if m.field.mapping.when is When.ONLY_IF_EMPTY]
    return _unsent(connection, path, ruled, "k")


def _unsent(
    connection: duckdb.DuckDBPyConnection, path: Path, slots: Sequence[Slot], bits: str
) -> tuple[UnsentValues, ...]:
    members = f"read_parquet({quote_text(str(path))}) WHERE NOT gone"
    marked = _marked(connection, members, slots, bits)
    return tuple(UnsentValues(field=slot.name, records=records, examples=keys) for slot, records, keys in marked)


def _marked(
    connection: duckdb.DuckDBPyConnection, rows: str, slots: Sequence[Slot], bits: str
) -> Iterator[tuple[Slot, int, tuple[str, ...]]]:
    """Count, with some keys, the rows in which a slot's bit is set in the words that begin with `bits`."""
    if not slots:
        return
    marks = [f"({bits}{slot.word} & {slot.bit}) <> 0" for slot in slots]
    parts = ", ".join(f"count(*) FILTER ({each}), min(key::VARCHAR, {EXAMPLES}) FILTER ({each})" for each in marks)
    found = connection.execute(f"SELECT {parts} FROM {rows}").fetchone() or ()
    for slot, records, examples in zip(slots, found[::2], found[1::2], strict=True):
        if records:
            yield slot, records, tuple(examples or ())


def withheld_records(
    connection: duckdb.DuckDBPyConnection, slots: Sequence[MappedSlot], withheld: Sequence[int]
) -> dict[int, int]:
    """Count the records that have a value for each withheld field."""
    columns = [m.slot for m in slots if m.slot.number in withheld]
    if not columns:
        return {}
    counts = ", ".join(f"count({slot.column})" for slot in columns)
    row = connection.execute(f"SELECT {counts} FROM {DESIRED}").fetchone() or ()
    return {slot.number: records for slot, records in zip(columns, row, strict=True)}
