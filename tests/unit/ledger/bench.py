"""A ledger at work without a destination: rows → plan → simulated receipts → fold → the ledger's file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from penstock.catalog.declaration import MatchKeySpec
from penstock.catalog.entities import FieldMapping, Leave, Mode, When, WhenEmpty
from penstock.engine import attach, open_engine
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind
from penstock.ledger.comparison import Comparison, Shape
from penstock.ledger.differing import find_differing
from penstock.ledger.directory import Directory, learn, opened
from penstock.ledger.filled import FilledFields
from penstock.ledger.fold import Fold, Folded, fold
from penstock.ledger.planning import _Planner
from penstock.ledger.request import PlanRequest
from penstock.ledger.settling import Settling, settle, sought
from penstock.ledger.sightings import Sightings
from penstock.ledger.state import LEDGER, LedgerIdentity, LedgerState, read_state
from penstock.mapping.conversions import NATURAL_TARGETS, Conversion
from penstock.mapping.desired import DesiredRecords
from penstock.mapping.mapped import MappedField
from penstock.mapping.slots import MappedSlot, assign
from penstock.plan.account import Account
from penstock.plan.outcomes import Answer, RecordException
from penstock.plan.plan import Plan
from penstock.plan.receipts import BatchReceipt, Receipts
from penstock.plan.records import records_sql
from penstock.plan.retry import Retry
from penstock.plan.seeking import Seeking
from penstock.warehouses.contract import MODEL_VIEW

Row = Mapping[str, Any]
LAST = 1 << 45
"""A number beyond that of any record, whatever its route."""
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
REMOVAL = "removal"
"""Stands for a record's removal among the fields of doubts."""
BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")
DOUBLE = FieldType(kind=Kind.FLOAT, sql="DOUBLE")
COLUMNS: Mapping[str, tuple[FieldType, pa.DataType]] = {
    "id": (BIGINT, pa.int64()),
    "email": (TEXT, pa.string()),
    "text": (TEXT, pa.string()),
    "other": (TEXT, pa.string()),
    "number": (DOUBLE, pa.float64()),
    "whole": (BIGINT, pa.int64()),
    "nothing": (TEXT, pa.string()),
    "tags": (FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", TEXT),)), pa.list_(pa.string())),
}
IDENTITY = LedgerIdentity(
    account=Account(label="acme", parts=(("host", "acme.example"),), anchors=frozenset(), key_fingerprint="k"),
    service="users",
    match_key="email",
    primary_key="id",
    key_type="BIGINT",
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A destination field, the column that fills it, what an empty value does, and what the destination allows."""

    name: str
    column: str
    clear: bool = False
    create_only: bool = False
    required: bool = False
    options: tuple[str, ...] = ()
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Planned:
    """A record of a plan's file."""

    seq: int | None
    op: str
    code: str | None
    key: int
    match: str | None
    due: Mapping[str, Any]
    """Name of each due field → the value that is sent."""
    fixed: frozenset[str] = frozenset()
    """Names of the fields that are due and that only a creation may set."""
    remote_id: str | None = None
    route: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A row of the ledger; `values` holds the confirmed fields alone, by name."""

    match: str
    member: bool
    exists: bool
    values: Mapping[str, Any]
    remote_id: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """All that a ledger's file says."""

    records: Mapping[int, Confirmed]
    doubts: frozenset[tuple[int, str | None]]
    holds: frozenset[tuple[int, str | None]]
    withheld: frozenset[str]


class _TwofoldPlanner(_Planner):
    """Computes every comparison in another shape as well, into a second file; in which one, depends on the turn."""

    twin: Path
    turn: int
    comparison: Comparison | None = None

    def _copy(self, comparison: Comparison) -> None:
        super()._copy(comparison)
        self.comparison = comparison
        if comparison.shape is Shape.FIRST:
            return
        other = self._other(comparison)
        find_differing(self._connection, other)
        path, self._request = self._request.path, replace(self._request, path=self.twin)
        super()._copy(other)
        self._request = replace(self._request, path=path)
        find_differing(self._connection, comparison)

    def _other(self, comparison: Comparison) -> Comparison:
        numbers = [mapped.slot.number for mapped in self._slots]
        shapes = [
            (Shape.JOIN, []),
            (Shape.EVERYBODY, numbers[::2]),
            (self._shape_to_begin_with(), []),
            (Shape.EVERYBODY, numbers[1::2]),
        ]
        shape, wide = shapes[self.turn % len(shapes)]
        return replace(comparison, shape=shape, wide=frozenset(wide))


class Bench:
    """One activation, its rows and its ledger."""

    def __init__(self, folder: Path, attributes: Sequence[Attribute]) -> None:
        self.folder = folder
        self.attributes = tuple(attributes)
        self.rows: list[dict[str, Any]] = []
        self.ledger = folder / "ledger.duckdb"
        self.made = 0
        self.addresses_known = False
        self.leave = Leave.KEEP
        self.directory: Directory | None = None
        self.mode = Mode.UPSERT
        self.seeking: Seeking | None = None
        self.asked_for: set[str] = set()
        self.comparison: Comparison | None = None
        """With what the last plan was made; None if nothing had to be compared."""
        self.connection = open_engine(threads=1)

    def close(self) -> None:
        """Give the engine back."""
        self.connection.close()

    @contextmanager
    def _attached(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The engine, from which the ledger is detached at the end as when a run ends."""
        try:
            yield self.connection
        finally:
            names = {
                name for (name,) in self.connection.execute("SELECT database_name FROM duckdb_databases()").fetchall()
            }
            if LEDGER in names:
                self.connection.execute(f"DETACH {LEDGER}")

    def plan(
        self,
        *,
        full: bool = False,
        now: datetime = START,
        known: frozenset[str] = frozenset(),
        expect_set_aside: bool = False,
        mapping: str | None = None,
        retry: Retry | None = None,
    ) -> tuple[Plan, list[Planned]]:
        """Make a plan, in two shapes, and make sure that they agree."""
        self.made += 1
        with self._attached() as connection:
            self._lend(connection)
            state = read_state(connection, self.ledger)
            request = self._request(state, full=full, now=now, known=known, mapping=mapping)
            request = replace(request, expect_set_aside=expect_set_aside, retry=retry)
            with opened(connection, self.directory) as has_directory:
                planner = _TwofoldPlanner(connection, request, has_directory=has_directory)
                planner.twin, planner.turn = request.path.with_suffix(".twin"), self.made
                plan = planner.plan()
        self.comparison = planner.comparison
        records = self.records(plan)
        if planner.twin.exists():
            twin = _read(self.connection, plan, planner.twin)
            assert {r.key: replace(r, seq=None) for r in twin} == {r.key: replace(r, seq=None) for r in records}
            assert len(twin) == len(records)
        return plan, records

    def _request(
        self, state: LedgerState | None, *, full: bool, now: datetime, known: frozenset[str], mapping: str | None
    ) -> PlanRequest:
        slots = assign(self.fields(), state.slots if state else (), state.next_slot if state else 0)
        return PlanRequest(
            run=f"run-{self.made:05}",
            activation="everyone",
            full=full,
            made_at=now,
            records=desired(slots),
            key_type="BIGINT",
            state=state,
            mapping=mapping or repr([(m.slot.name, m.slot.identity, m.field.source.name) for m in slots]),
            known=known,
            expect_set_aside=False,
            source_rows=len(self.rows),
            path=self.folder / f"plan-{self.made:05}.parquet",
            addresses_known=self.addresses_known,
            directory=self.directory,
            mode=self.mode,
            seeks=self.seeking is not None,
            leave=self.leave,
        )

    def fields(self) -> list[MappedField]:
        """The mapped fields."""
        return [
            replace(
                mapped_field(each.name, each.column, COLUMNS[each.column][0], each.clear, each.when),
                create_only=each.create_only,
                required=each.required,
                options=each.options,
            )
            for each in self.attributes
        ]

    def _lend(self, connection: duckdb.DuckDBPyConnection) -> None:
        table = pa.table(
            {name: pa.array([row.get(name) for row in self.rows], kind) for name, (_, kind) in COLUMNS.items()}
        )
        connection.register("arrow", table)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {MODEL_VIEW} AS FROM arrow")
        connection.unregister("arrow")

    def file(self, plan: Plan) -> Path | None:
        """The plan's file, None if it was not needed."""
        path = self.folder / f"plan-{self.made:05}.parquet"
        return path if path.exists() else None

    def records(self, plan: Plan) -> list[Planned]:
        """Read a plan's file."""
        path = self.file(plan)
        if path is None:
            return []
        return _read(self.connection, plan, path)

    def look_up(
        self, plan: Plan, found: Mapping[str, str | None], *, recreate: bool = False, now: datetime = START
    ) -> tuple[Plan, list[Planned]]:
        """Settle a plan: of those who are sought these exist, by match value, with their ids."""
        assert self.seeking is not None
        assert self.directory is not None
        path = self.file(plan)
        assert path is not None
        asked = sought(plan, path, self.seeking, now=plan.made_at)
        self.asked_for = {m for (m,) in self.connection.execute(f"SELECT match FROM {asked}").fetchall()}
        sightings = Sightings(self.connection, asked, fold_case=True)
        sightings.found(list(found), [id_ for id_ in found.values() if id_] or None)
        learn(self.connection, self.directory, sightings.asked(), now=now)
        settling = Settling(mode=self.mode, seeking=self.seeking, recreate=recreate, now=plan.made_at)
        settled = settle(self.connection, plan, path, settling, self.directory, to=path.with_suffix(".settled"))
        path.with_suffix(".settled").replace(path)
        return settled, self.records(settled)

    def leave_filled(self, plan: Plan, filled: Mapping[int, Sequence[str]]) -> tuple[Plan, list[Planned]]:
        """Take out of a plan what has a value at the destination: fields by key."""
        path = self.file(plan)
        assert path is not None
        fields = FilledFields(self.connection, plan, path, fold_case=True)
        keys = {record.match: record.key for record in self.records(plan)}
        self.asked_for = set()
        for matches, _ in fields.records(2):
            self.asked_for |= set(matches)
            names = [filled.get(keys[match], ()) for match in matches]
            fields.note(matches, {m.slot.name: [m.slot.name in each for each in names] for m in plan.slots})
        left = fields.take_out(path.with_suffix(".settled"))
        path.with_suffix(".settled").replace(path)
        return left, self.records(left)

    def fold(self, plan: Plan, receipts: Receipts, now: datetime = START) -> Folded:
        """Fold receipts into the ledger."""
        path = self.file(plan)
        work = Fold(
            path=self.ledger,
            identity=IDENTITY,
            plan=plan,
            plan_path=path,
            receipts=receipts,
            now=now,
            directory=self.directory,
        )
        return fold(self.connection, work)

    def deliver(self, plan: Plan, *exceptions: RecordException, now: datetime = START) -> None:
        """Fold a run of which every record was answered, with these exceptions."""
        self.fold(plan, answered(plan, *exceptions), now)

    def run(self, **options: Any) -> tuple[Plan, list[Planned]]:
        """Plan and deliver everything."""
        plan, records = self.plan(**options)
        self.deliver(plan, now=options.get("now", START))
        return plan, records

    def book(self) -> Book:
        """Read the ledger's file."""
        if not self.ledger.exists():
            return Book(records={}, doubts=frozenset(), holds=frozenset(), withheld=frozenset())
        with self._attached() as connection:
            attach(connection, self.ledger, LEDGER, read_only=True)
            return _read_book(connection)


def answered(
    plan: Plan,
    *exceptions: RecordException,
    ignored: Sequence[str] = (),
    remote_ids: Mapping[int, str] | None = None,
) -> Receipts:
    """Receipts of a run of one batch that was answered; `remote_ids` by the numbers of their records."""
    batches = _one_batch(plan, Answer.ANSWERED, tuple(ignored))
    if remote_ids:
        batches = tuple(replace(batch, remote_ids=json.dumps(list(remote_ids.items()))) for batch in batches)
    return Receipts(batches=batches, exceptions=exceptions)


def unanswered(plan: Plan, answer: Answer | None) -> Receipts:
    """Receipts of a run of one batch that was not answered."""
    return Receipts(batches=_one_batch(plan, answer, ()), exceptions=())


def _one_batch(plan: Plan, answer: Answer | None, ignored: tuple[str, ...]) -> tuple[BatchReceipt, ...]:
    sent = plan.counts.sent
    everything = BatchReceipt(first=0, last=LAST, records=sent, answer=answer, ignored=ignored)
    return (everything,) if sent else ()


def mapped_field(
    name: str, column: str, type_: FieldType, clear: bool = False, when: When = When.ALWAYS
) -> MappedField:
    """A field mapped as its type naturally is."""
    when_empty = WhenEmpty.CLEAR if clear else WhenEmpty.LEAVE
    location = Location(file=Path("activations.yaml"), line=3)
    return MappedField(
        mapping=FieldMapping(target=name, source=column, when=when, when_empty=when_empty, location=location),
        source=Field(name=column, type=type_),
        conversion=Conversion(source=type_, target=NATURAL_TARGETS[type_.kind]),
    )


def desired(slots: Sequence[MappedSlot]) -> DesiredRecords:
    """The records of all rows, matched by e-mail."""
    return DesiredRecords(
        members=f"SELECT * FROM {MODEL_VIEW}",
        primary_key="id",
        match_field=Field(name="email", type=TEXT),
        match_key=MatchKeySpec(name="email", label="E-mail", fold_case=True),
        slots=slots,
        timezone="UTC",
        instant_format="%Y-%m-%d %H:%M:%S +00:00",
    )


def _read(connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path) -> list[Planned]:
    columns = ["seq", "op", "code", "key", "match", "remote_id", "route", "gone"]
    for mapped in plan.slots:
        columns += [f"({bits}{mapped.slot.word} >> {mapped.slot.number % 62}) & 1" for bits in "mx"]
        columns.append(mapped.slot.column)
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {records_sql(path)}").fetchall()
    names = [mapped.slot.name for mapped in plan.slots]
    return [
        Planned(
            seq=row[0],
            op=row[1],
            code=row[2],
            key=row[3],
            match=row[4],
            due={name: row[10 + 3 * i] for i, name in enumerate(names) if row[8 + 3 * i]},
            fixed=frozenset(name for i, name in enumerate(names) if row[9 + 3 * i]),
            remote_id=row[5],
            route=row[6],
            gone=row[7],
        )
        for row in rows
    ]


def _read_book(connection: duckdb.DuckDBPyConnection) -> Book:
    slots = dict(connection.execute("SELECT number, name FROM penstock_ledger.slots").fetchall())
    columns = ["key", "match", "member", "confirmed_at IS NOT NULL", "remote_id", "coalesce(suspended, false)"]
    for number in slots:
        columns += [f"(s{number // 62} >> {number % 62}) & 1", f"f{number}"]
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM penstock_ledger.confirmed").fetchall()
    records = {}
    for row in rows:
        assert row[0] not in records, f"two rows for key {row[0]}"
        values = {}
        for i, name in enumerate(slots.values()):
            is_confirmed, value = row[6 + 2 * i : 8 + 2 * i]
            assert is_confirmed or value is None, f"a value of {name} without its bit"
            if is_confirmed:
                values[name] = value
        records[row[0]] = Confirmed(
            match=row[1], member=row[2], exists=row[3], values=values, remote_id=row[4], suspended=row[5]
        )
    names = {**slots, -1: None, -2: REMOVAL}
    doubts = connection.execute("SELECT key, slot FROM penstock_ledger.doubts").fetchall()
    holds = connection.execute("SELECT key, slot FROM penstock_ledger.holds").fetchall()
    assert len(set(doubts)) == len(doubts)
    assert len(set(holds)) == len(holds)
    return Book(
        records=records,
        doubts=frozenset((key, names[slot]) for key, slot in doubts),
        holds=frozenset((key, names[slot]) for key, slot in holds),
        withheld=frozenset(
            slots[n] for (n,) in connection.execute("SELECT slot FROM penstock_ledger.withheld").fetchall()
        ),
    )
