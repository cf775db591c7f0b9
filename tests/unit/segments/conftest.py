"""A table with a column of every kind, and conditions asked of it through DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp

from penstock.catalog.conditions import Comparison, Condition, Operator, Scalar, Span
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind
from tests.compiling import compile_condition

Row = Mapping[str, object]
Select = Callable[[Condition, Sequence[Row]], list[int]]

TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")

TYPES: Mapping[str, tuple[FieldType, object]] = {
    "name": (TEXT, pa.string()),
    "age": (BIGINT, pa.int64()),
    "spent": (FieldType(kind=Kind.DECIMAL, sql="DECIMAL(10,2)"), pa.decimal128(10, 2)),
    "score": (FieldType(kind=Kind.FLOAT, sql="DOUBLE"), pa.float64()),
    "ratio": (FieldType(kind=Kind.FLOAT, sql="FLOAT"), pa.float32()),
    "active": (FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"), pa.bool_()),
    "born": (FieldType(kind=Kind.DATE, sql="DATE"), pa.date32()),
    "seen_at": (FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP"), pa.timestamp("us")),
    "paid_at": (FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE"), pa.timestamp("us", tz="UTC")),
    "tags": (FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", TEXT),)), pa.list_(pa.string())),
    "visits": (FieldType(kind=Kind.LIST, sql="BIGINT[]", members=(("element", BIGINT),)), pa.list_(pa.int64())),
}


@pytest.fixture(scope="session")
def fields() -> Mapping[str, Field]:
    return {name: Field(name=name, type=type_) for name, (type_, _) in TYPES.items()}


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2024, 10, 27, 1, 20, tzinfo=UTC)  # 02:20 in Paris, for the second time that night


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


@pytest.fixture(scope="session")
def select(connection: duckdb.DuckDBPyConnection, fields: Mapping[str, Field], now: datetime) -> Select:
    """Store rows, and return the numbers of those that a condition selects; it must never be NULL."""

    def selected(condition: Condition, rows: Sequence[Row]) -> list[int]:
        columns = {name: pa.array([row.get(name) for row in rows], type_) for name, (_, type_) in TYPES.items()}
        arrow = pa.table({"number": pa.array(range(len(rows)), pa.int64()), **columns})
        connection.register("arrow", arrow)
        connection.execute("CREATE OR REPLACE TABLE people AS SELECT * FROM arrow")
        connection.unregister("arrow")
        compiled = compile_condition(condition, fields=fields, timezone="Europe/Paris", now=now)
        nulls = exp.select("count(*)").from_("people").where(exp.Is(this=exp.paren(compiled), expression=exp.null()))
        assert connection.execute(nulls.sql(dialect="duckdb")).fetchall() == [(0,)]
        query = exp.select("number").from_("people").where(compiled).order_by("number")
        return [number for (number,) in connection.execute(query.sql(dialect="duckdb")).fetchall()]

    return selected


@pytest.fixture(scope="session")
def asked() -> Callable[..., Comparison]:
    def comparison(field: str, operator: str, *operands: Scalar | Span, match_case: bool = False) -> Comparison:
        return Comparison(
            field=field,
            operator=Operator(operator),
            operands=operands,
            match_case=match_case,
            location=Location(file=Path("segments.yaml"), line=7),
        )

    return comparison
