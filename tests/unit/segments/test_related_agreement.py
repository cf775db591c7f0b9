"""The law of the compiler where conditions are about related rows: it selects what the plain reading selects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from penstock.catalog.conditions import EVERYBODY, Comparison, Condition, InSegment, Operator, Related
from penstock.catalog.entities import Segment, Split, Top
from penstock.fields import Field
from penstock.segments.dialects.writing import written
from penstock.segments.query import segment_query
from penstock.segments.schema import LinkShape, ModelShape, Schema
from tests.compiling import HERE, NOW
from tests.unit.segments.engines import Engine
from tests.unit.segments.generated import SQL, Case, Models, aimed, cases, conditions, figure_cases
from tests.unit.segments.generated import tables as generated_tables
from tests.unit.segments.shop import COLUMNS, LINKS, MODELS, Reader, Tables, fields_of
from tests.unit.segments.test_agreement import answer


def segment_of(name: str, where: Condition, **limits: Any) -> Segment:
    return Segment(name=name, model="customers", where=where, location=HERE, **limits)


def segments_of(models: Models) -> dict[str, Segment]:
    """Segments that conditions can ask for: of own fields, of related rows, and one that keeps a part only."""
    relation = models["customers"].relations[0].name
    score = Top(number=2, by="score", location=HERE)
    return {
        "named": segment_of("named", Comparison(field="name", operator=Operator.IS_KNOWN, location=HERE)),
        "ordering": segment_of("ordering", Related(path=(relation,), where=EVERYBODY, location=HERE)),
        "first_two": segment_of("first_two", EVERYBODY, top=score),
    }


class Shop:
    """The rows of a shop, asked through an engine and read plainly."""

    def __init__(self, engine: Engine, models: Models, tables: Tables) -> None:
        self._engine = engine
        self._segments = segments_of(models)
        self._models = models
        self._tables = {name: [self._held(name, row) for row in rows] for name, rows in tables.items()}
        for name, rows in self._tables.items():
            engine.store(name, {column: field.type for column, field in self._fields(name).items()}, rows)

    def selected(self, segment: Segment) -> list[Any]:
        """The keys that the compiled query selects."""
        schema = Schema(
            models={
                name: ModelShape(model=model, fields=self._fields(name), relation=exp.to_table(name))
                for name, model in self._models.items()
            },
            segments=self._segments,
            links={name: LinkShape(fields=self._fields(name), relation=exp.to_table(name)) for name in LINKS},
        )
        dialect = self._engine.dialect
        query = segment_query(segment, schema=schema, dialect=dialect, timezone="UTC", now=NOW)
        return self._engine.answers(f"SELECT id FROM ({written(query, dialect)}) AS selected ORDER BY id")

    def read(self, segment: Segment) -> list[Any]:
        """The keys that the plain reading finds."""

        return [row["id"] for row in self._reader().members(segment)]

    def figures(self, related: Related) -> list[Any]:
        """Some of the different figures that customers have."""
        reader = self._reader()
        found = [reader.figure(related, row, "customers") for row in self._tables["customers"]]
        known = {figure for figure in found if figure is not None and figure == figure}
        return sorted(known, reverse=True)[:2]

    def add(self, segment: Segment) -> None:
        """Let other segments ask for this one."""
        self._segments[segment.name] = segment

    def _reader(self) -> Reader:
        def compare(asked: Comparison, row: Mapping[str, Any], fields: Mapping[str, Field]) -> bool:
            return answer(asked, row[asked.field], fields[asked.field].type, NOW)

        return Reader(self._tables, self._models, self._segments, compare, SQL)

    def _held(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {column: self._engine.held(value, COLUMNS[table][column]) for column, value in row.items()}

    def _fields(self, table: str) -> dict[str, Field]:
        plain = fields_of(table)
        return {name: Field(name=name, type=self._engine.type_of(field.type)) for name, field in plain.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_sql_selects_what_the_plain_reading_selects(case: Case, engine: Engine) -> None:
    shop = Shop(engine, case.models, case.tables)
    for condition in case.conditions:
        segment = segment_of("asked", condition)
        assert shop.selected(segment) == shop.read(segment), condition


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=figure_cases())
def test_figures_are_those_of_the_plain_reading(case: Case, engine: Engine) -> None:
    shop = Shop(engine, case.models, case.tables)
    for figure in case.conditions:
        assert isinstance(figure, Related)
        for related in aimed(figure, shop.figures(figure)):
            segment = segment_of("asked", related)
            assert shop.selected(segment) == shop.read(segment), related


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    condition=conditions(MODELS, "customers", 1),
    tables=generated_tables(),
    number=st.none() | st.integers(1, 3),
    lowest=st.booleans(),
    shares=st.lists(st.none() | st.tuples(st.integers(0, 60), st.integers(40, 100)), min_size=2, max_size=2),
)
def test_a_segment_keeps_the_first_and_a_share(
    condition: Condition,
    tables: Tables,
    number: int | None,
    lowest: bool,
    shares: Sequence[tuple[int, int] | None],
    engine: Engine,
) -> None:
    shop = Shop(engine, MODELS, tables)
    top = None if number is None else Top(number=number, by="score", lowest=lowest, location=HERE)
    splits = [
        None if share is None else Split(salt=salt, low=Decimal(share[0]), high=Decimal(share[1]), location=HERE)
        for salt, share in zip(("spring", "never"), shares, strict=True)
    ]
    segment = segment_of("limited", condition, top=top, split=splits[0], hold_out=splits[1])
    shop.add(segment)
    assert shop.selected(segment) == shop.read(segment)
    assert shop.selected(segment_of("other", InSegment(segment="limited", location=HERE))) == shop.read(segment)


def test_a_share_is_as_large_as_it_says(engine: Engine) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    tables["customers"] = [dict.fromkeys(COLUMNS["customers"]) | {"id": number} for number in range(10_000)]
    shop = Shop(engine, MODELS, tables)
    parts = [
        set(shop.selected(segment_of("part", EVERYBODY, split=split(low, high))))
        for low, high in ((0, 10), (10, 50), (50, 100))
    ]
    assert len(set.union(*parts)) == sum(map(len, parts)) == 10_000
    assert [round(len(part) / 100) for part in parts] == [10, 40, 50]


def split(low: int, high: int) -> Split:
    return Split(salt="spring", low=Decimal(low), high=Decimal(high), location=HERE)
