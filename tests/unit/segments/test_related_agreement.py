"""The law of the compiler where conditions are about related rows: it selects what the plain reading selects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import md5
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from penstock.catalog.conditions import (
    Aggregate,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Followed,
    Have,
    InSegment,
    Measure,
    Not,
    Operator,
    Related,
    Span,
    Sql,
    Step,
    Unit,
)
from penstock.catalog.entities import Segment, Split, Top
from penstock.fields import NUMBERS, Kind
from penstock.segments.query import segment_query
from penstock.segments.schema import LinkShape, ModelShape, Schema
from tests.compiling import HERE, NOW
from tests.unit.segments.shop import (
    COLUMNS,
    FIGURES,
    LINKS,
    MODELS,
    NUMBER_OPERATORS,
    RELATIONS,
    TEXT,
    TIMES,
    Reader,
    Tables,
    fields_of,
)
from tests.unit.segments.test_agreement import answer

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DECIMAL(10,2)": pa.decimal128(10, 2),
    "DOUBLE": pa.float64(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
}
START = datetime(2024, 1, 1)  # noqa: DTZ001  # a time without a zone
SMALL = st.sampled_from([1, 1, 2, 2, 3, None])
WORD = st.sampled_from(["a", "a", "a", "b", "A", "", None])
MONEY = st.none() | st.decimals("-2", "3", places=2)
HALVES = st.none() | st.integers(-4, 6).map(lambda number: number / 2) | st.just(math.nan)
MOMENT = st.none() | st.integers(0, 12).map(lambda number: START + timedelta(hours=12 * number))
DAY = st.none() | st.integers(0, 3).map(lambda number: date(2024, 1, 1 + number))
VALUES: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "customers": {"shop": WORD, "number": SMALL, "name": WORD, "referred_by": SMALL, "score": HALVES},
    "orders": {
        "shop": WORD,
        "customer": SMALL,
        "total": MONEY,
        "weight": HALVES.filter(lambda weight: weight is None or not math.isnan(weight)),
        "ordered_at": MOMENT,
        "status": WORD,
    },
    "lines": {"order_id": SMALL, "product_id": WORD, "quantity": SMALL},
    "products": {"name": WORD, "launched": DAY},
    "visits": {"shop": WORD, "customer": SMALL, "seen_at": MOMENT, "page": WORD},
    "tags": {"word": WORD},
    "customer_tags": {"customer_id": SMALL, "tag_id": SMALL},
}
SQL = {
    "name = 'a' OR id > 2": lambda row: row["name"] == "a" or row["id"] > 2,
    "coalesce(number, 0) * 2 = id": lambda row: (row["number"] or 0) * 2 == row["id"],
}


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    made = {}
    for name, columns in VALUES.items():
        rows = draw(st.lists(st.fixed_dictionaries(dict(columns)), min_size=1, max_size=5))
        is_text = name not in LINKS and COLUMNS[name]["id"] is TEXT
        keys = ["a", "b", "A", "", "c"] if is_text else [1, 2, 3, 4, 5]
        made[name] = [row if name in LINKS else {"id": key, **row} for key, row in zip(keys, rows, strict=False)]
    return made


@st.composite
def comparisons(draw: st.DrawFn, model: str) -> Comparison:
    name, type_ = draw(st.sampled_from(sorted(COLUMNS[model].items())))
    operands: tuple[Any, ...] = ()
    if draw(st.integers(0, 4)) == 0:
        operator = draw(st.sampled_from([Operator.IS_KNOWN, Operator.IS_UNKNOWN]))
    elif type_.kind is Kind.TEXT:
        operator = draw(st.sampled_from([Operator.IS, Operator.IS_NOT]))
        operands = (draw(st.sampled_from("abA")),)
    elif type_.kind in NUMBERS:
        operator = draw(st.sampled_from(NUMBER_OPERATORS[:-1]))
        operands = (draw(st.integers(-1, 4)),)
    else:
        operator = draw(st.sampled_from([Operator.BEFORE, Operator.AFTER, Operator.ON]))
        operands = (date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 6))),)
    return Comparison(field=name, operator=operator, operands=operands, location=HERE)


@st.composite
def measures(draw: st.DrawFn, model: str) -> Measure:
    aggregate = draw(st.sampled_from(Aggregate))
    field = None if aggregate is Aggregate.COUNT else draw(st.sampled_from(FIGURES[model]))
    kind = Kind.INTEGER if field is None else COLUMNS[model][field].kind
    if kind in {Kind.TIMESTAMP, Kind.DATE}:
        aggregate = draw(st.sampled_from([Aggregate.MINIMUM, Aggregate.MAXIMUM]))
        operator = draw(st.sampled_from([Operator.BEFORE, Operator.AFTER, Operator.ON]))
        operands: tuple[Any, ...] = (date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 5))),)
    else:
        operator = draw(st.sampled_from(NUMBER_OPERATORS))
        numbers = (
            st.integers(-1, 4) if kind is Kind.INTEGER else st.sampled_from([Decimal("0.5"), 1, Decimal("-1.25"), 0])
        )
        operands = tuple(sorted(draw(st.lists(numbers, min_size=2, max_size=2))))
        operands = operands if operator is Operator.BETWEEN else operands[:1]
    return Measure(aggregate=aggregate, field=field, operator=operator, operands=operands, location=HERE)


@st.composite
def paths(draw: st.DrawFn, model: str) -> tuple[tuple[str, ...], str]:
    names = []
    for _ in range(draw(st.integers(1, 3))):
        if not RELATIONS.get(model):
            break
        relation = draw(st.sampled_from(RELATIONS[model]))
        names.append(relation.name)
        model = relation.model
    return tuple(names), model


@st.composite
def related(draw: st.DrawFn, model: str, depth: int) -> Condition:
    path, target = draw(paths(model))
    window = None
    if target in TIMES and draw(st.booleans()):
        limit = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 6)))
        window = Comparison(field=TIMES[target], operator=Operator.AFTER, operands=(limit,), location=HERE)
    measured = draw(st.booleans())
    return Related(
        path=path,
        where=draw(st.just(AllOf(conditions=())) | conditions(target, depth - 1)),
        window=window,
        have=Have.ANY if measured else draw(st.sampled_from(Have)),
        measure=draw(measures(target)) if measured else None,
        location=HERE,
    )


@st.composite
def followed(draw: st.DrawFn, model: str, depth: int) -> Condition:
    steps = [
        Step(path=(name,), where=draw(st.just(AllOf(conditions=())) | conditions(name, depth - 1)), location=HERE)
        for name in draw(st.lists(st.sampled_from(["orders", "visits"]), min_size=2, max_size=2))
    ]
    span = draw(st.none() | st.builds(Span, count=st.integers(1, 4), unit=st.sampled_from([Unit.HOURS, Unit.DAYS])))
    return Followed(first=steps[0], then=steps[1], within=span, location=HERE)


@st.composite
def leaves(draw: st.DrawFn, model: str, depth: int) -> Condition:
    """A leaf; what is about related rows comes as often as what is not."""
    if depth == 0 or model not in RELATIONS or draw(st.integers(0, 2)) == 0:
        return draw(comparisons(model))
    kind = draw(st.integers(0, 5)) if model == "customers" else 0
    if kind == 5:
        return draw(followed(model, depth))
    if kind == 4:
        return InSegment(segment=draw(st.sampled_from(["named", "ordering"])), location=HERE)
    if kind == 3:
        return Sql(sql=draw(st.sampled_from(sorted(SQL))), location=HERE)
    return draw(related(model, depth))


def conditions(model: str, depth: int) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves(model, depth),
        lambda below: st.one_of(
            st.lists(below, min_size=1, max_size=3).map(lambda parts: AllOf(conditions=tuple(parts))),
            st.lists(below, min_size=1, max_size=3).map(lambda parts: AnyOf(conditions=tuple(parts))),
            below.map(lambda part: Not(condition=part)),
        ),
        max_leaves=3,
    )


def _segment(name: str, where: Condition, **limits: Any) -> Segment:
    return Segment(name=name, model="customers", where=where, location=HERE, **limits)


SEGMENTS = {
    "named": _segment("named", Comparison(field="name", operator=Operator.IS_KNOWN, location=HERE)),
    "ordering": _segment("ordering", Related(path=("orders",), where=AllOf(conditions=()), location=HERE)),
}
SCHEMA = Schema(
    models={
        name: ModelShape(model=model, fields=fields_of(name), relation=exp.to_table(name))
        for name, model in MODELS.items()
    },
    segments=SEGMENTS,
    links={name: LinkShape(fields=fields_of(name), relation=exp.to_table(name)) for name in LINKS},
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        for name, columns in COLUMNS.items():
            opened.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {t.sql}' for c, t in columns.items())})")
        yield opened


def store(connection: duckdb.DuckDBPyConnection, data: Tables) -> None:
    for name, rows in data.items():
        arrow = pa.table(
            {
                column: pa.array([row[column] for row in rows], ARROW[type_.sql])
                for column, type_ in COLUMNS[name].items()
            }
        )
        connection.register("arrow", arrow)
        connection.execute(f"DELETE FROM {name}")
        connection.execute(f"INSERT INTO {name} SELECT * FROM arrow")
        connection.unregister("arrow")


def selected(connection: duckdb.DuckDBPyConnection, segment: Segment) -> list[int]:
    query = segment_query(segment, schema=SCHEMA, dialect="duckdb", timezone="UTC", now=NOW).sql(dialect="duckdb")
    return [key for (key,) in connection.execute(f"SELECT id FROM ({query}) ORDER BY id").fetchall()]


def reader(data: Tables) -> Reader:
    return Reader(
        data,
        SEGMENTS,
        lambda asked, row, fields: answer(asked, row[asked.field], fields[asked.field].type, NOW),
        SQL,
    )


def members(data: Tables, segment: Segment) -> list[int]:
    return [row["id"] for row in reader(data).members(segment)]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(condition=conditions("customers", 3), data=tables())
def test_sql_selects_what_the_plain_reading_selects(
    condition: Condition, data: Tables, connection: duckdb.DuckDBPyConnection
) -> None:
    store(connection, data)
    segment = _segment("asked", condition)
    assert selected(connection, segment) == members(data, segment)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    condition=conditions("customers", 1),
    data=tables(),
    number=st.none() | st.integers(1, 3),
    lowest=st.booleans(),
    shares=st.lists(st.none() | st.tuples(st.integers(0, 60), st.integers(40, 100)), min_size=2, max_size=2),
)
def test_a_segment_keeps_the_first_and_a_share(
    condition: Condition,
    data: Tables,
    number: int | None,
    lowest: bool,
    shares: Sequence[tuple[int, int] | None],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    store(connection, data)
    top = None if number is None else Top(number=number, by="score", lowest=lowest, location=HERE)
    splits = [
        None if share is None else Split(salt=salt, low=Decimal(share[0]), high=Decimal(share[1]), location=HERE)
        for salt, share in zip(("spring", "never"), shares, strict=True)
    ]
    segment = _segment("asked", condition, top=top, split=splits[0], hold_out=splits[1])
    rows = reader(data).members(segment)
    if number is not None:
        known = [row for row in rows if row["score"] is not None and not math.isnan(row["score"])]
        rows = sorted(known, key=lambda row: (row["score"] if lowest else -row["score"], row["id"]))[:number]
    for split, keeps in zip(splits, (True, False), strict=True):
        rows = [row for row in rows if split is None or is_in(split, row["id"]) == keeps]
    assert selected(connection, segment) == sorted(row["id"] for row in rows)
    other = _segment("other", InSegment(segment="asked", location=HERE))
    schema = replace(SCHEMA, segments=SEGMENTS | {"asked": segment})
    query = segment_query(other, schema=schema, dialect="duckdb", timezone="UTC", now=NOW).sql(dialect="duckdb")
    found = connection.execute(f"SELECT id FROM ({query}) ORDER BY id").fetchall()
    assert [key for (key,) in found] == sorted(row["id"] for row in rows)


def is_in(split: Split, key: object) -> bool:
    """Whether a key's place among all hashes, in percent, is within the share."""
    place = int(md5(f"{split.salt}:{key}".encode()).hexdigest()[:8], 16)
    low, high = (int(percent * 16**8 / 100) for percent in (split.low, split.high))
    return low <= place and (place < high or split.high == 100)


def test_a_share_is_as_large_as_it_says(connection: duckdb.DuckDBPyConnection) -> None:
    data: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    data["customers"] = [dict.fromkeys(COLUMNS["customers"]) | {"id": number} for number in range(10_000)]
    store(connection, data)
    parts = [
        set(selected(connection, _segment("part", AllOf(conditions=()), split=split(low, high))))
        for low, high in ((0, 10), (10, 50), (50, 100))
    ]
    assert len(set.union(*parts)) == sum(map(len, parts)) == 10_000
    assert [round(len(part) / 100) for part in parts] == [10, 40, 50]


def split(low: int, high: int) -> Split:
    return Split(salt="spring", low=Decimal(low), high=Decimal(high), location=HERE)
