"""The same tables as a DuckDB file, as a folder of files and in PostgreSQL, opened as a run opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from penstock.catalog.entities import Model, ModelKind, Source
from penstock.engine import open_engine
from penstock.errors import Location
from penstock.quoting import quote_name
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from penstock.warehouses.registry import open_warehouse
from tests.postgres import Database

HERE = Location(file=Path("penstock.yaml"), line=3)
TABLES = {
    "people": "SELECT i AS id, 'p' || i AS name, DATE '2024-01-01' + i::INTEGER AS since FROM range(3) t(i)",
    'na\'me "with" quotes': "SELECT 1::BIGINT AS id",
    "with space": "SELECT 2::BIGINT AS id",
    "dotted.name": "SELECT 3::BIGINT AS id",
    "q[1]*": "SELECT 4::BIGINT AS id",
}


def model(table: str | None = None, sql: str | None = None) -> Model:
    return Model(name="m", source="shop", table=table, sql=sql, kind=ModelKind.USERS, primary_key="id", location=HERE)


def source(type_: str, path: Path) -> Source:
    return Source(name="shop", type=type_, path=path, location=HERE)


def rows_of(
    warehouse: Warehouse, engine: duckdb.DuckDBPyConnection, *fields: str, dear: bool = False
) -> list[tuple[object, ...]]:
    """Fields of the model that was lent, as the engine gives them, sorted."""
    settled = warehouse.settled(f"SELECT * FROM {MODEL_VIEW}", fields, dear=dear)
    columns = ", ".join(quote_name(field) for field in fields)
    return engine.execute(f"SELECT {columns} FROM ({settled}) ORDER BY ALL").fetchall()


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_engine(threads=1)
    yield connection
    connection.close()


@pytest.fixture
def opened(engine: duckdb.DuckDBPyConnection) -> Callable[[str, Path], Warehouse]:
    return lambda type_, path: open_warehouse(engine, source(type_, path))


@pytest.fixture
def warehouse(engine: duckdb.DuckDBPyConnection, shop: Source) -> Iterator[Warehouse]:
    """The open source with TABLES."""
    with closing(open_warehouse(engine, shop)) as opened:
        yield opened


@pytest.fixture(params=["duckdb", "files"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """A source with TABLES that consists of files."""
    return _stored(request.param, tmp_path)


@pytest.fixture(params=["duckdb", "files", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """A source with TABLES."""
    if request.param != "postgres":
        return _stored(request.param, tmp_path)
    database: Database = request.getfixturevalue("database")
    with duckdb.connect() as made:
        for name, query in TABLES.items():
            database.load(name, made.sql(query).to_arrow_table())
    return Source(name="shop", type="postgres", url=database.url(), location=HERE)


def _stored(type_: str, parent: Path) -> Source:
    folder = parent / "env=prod [1]"
    folder.mkdir()
    with duckdb.connect(str(folder / "shop.duckdb") if type_ == "duckdb" else ":memory:") as writer:
        for name, query in TABLES.items():
            quoted = name.replace('"', '""')
            if type_ == "duckdb":
                writer.execute(f'CREATE TABLE "{quoted}" AS {query}')
            else:
                path = str(folder / f"{name}.parquet").replace("'", "''")
                writer.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return source(type_, folder / "shop.duckdb" if type_ == "duckdb" else folder)
