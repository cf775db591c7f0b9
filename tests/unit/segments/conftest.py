"""A table with a column of every kind, and conditions asked of it through every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from penstock.catalog.conditions import Comparison, Condition, Operator, Scalar, Span
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind
from penstock.segments.dialects.writing import written
from tests.compiling import compile_condition
from tests.postgres import Server
from tests.unit.segments.clickhouse import ClickHouse
from tests.unit.segments.engines import DuckDb, Engine
from tests.unit.segments.postgres import Postgres
from tests.unit.segments.sqlite import Sqlite

Row = Mapping[str, object]
Select = Callable[[Condition, Sequence[Row]], list[int]]

TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")

TYPES: Mapping[str, FieldType] = {
    "name": TEXT,
    "age": BIGINT,
    "spent": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(10,2)"),
    "score": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "ratio": FieldType(kind=Kind.FLOAT, sql="FLOAT"),
    "active": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "born": FieldType(kind=Kind.DATE, sql="DATE"),
    "seen_at": FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP"),
    "paid_at": FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE"),
    "tags": FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", TEXT),)),
    "visits": FieldType(kind=Kind.LIST, sql="BIGINT[]", members=(("element", BIGINT),)),
}


@pytest.fixture(scope="session")
def fields() -> Mapping[str, Field]:
    return {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2024, 10, 27, 1, 20, tzinfo=UTC)  # 02:20 in Paris, for the second time that night


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


@pytest.fixture(scope="session")
def duckdb_engine(connection: duckdb.DuckDBPyConnection) -> Engine:
    return DuckDb(connection)


@pytest.fixture(scope="session")
def sqlite_engine() -> Engine:
    return Sqlite()


@pytest.fixture(scope="session")
def clickhouse_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    chdb = pytest.importorskip("chdb.session", reason="chdb is not installed")
    session = chdb.Session(str(tmp_path_factory.mktemp("clickhouse")))
    yield ClickHouse(session)
    session.close()


@pytest.fixture(scope="session")
def postgres_engine(postgres: Server) -> Iterator[Engine]:
    with postgres.database() as database, database.cursor() as cursor:
        yield Postgres(cursor)


@pytest.fixture(scope="session", params=["duckdb", "postgres", "sqlite", "clickhouse"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture(scope="session")
def select(engine: Engine, now: datetime) -> Select:
    """Store rows, and return the numbers of those that a condition selects; it must never be NULL."""
    columns = {name: engine.type_of(type_) for name, type_ in {"number": BIGINT, **TYPES}.items()}
    fields = {name: Field(name=name, type=columns[name]) for name in TYPES}

    def selected(condition: Condition, rows: Sequence[Row]) -> list[int]:
        engine.store("people", columns, [{"number": number, **row} for number, row in enumerate(rows)])
        compiled = compile_condition(
            condition, fields=fields, timezone="Europe/Paris", now=now, dialect=engine.dialect
        )
        nulls = exp.select("count(*)").from_("people").where(exp.Is(this=exp.paren(compiled), expression=exp.null()))
        assert engine.answers(written(nulls, engine.dialect)) == [0]
        query = exp.select("number").from_("people").where(compiled).order_by("number")
        return engine.answers(written(query, engine.dialect))

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
