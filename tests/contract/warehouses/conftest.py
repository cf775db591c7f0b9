"""The same tables as a DuckDB file and as a folder of files, opened as a run opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from penstock.catalog.entities import Model, ModelKind, Source
from penstock.engine import open_engine
from penstock.errors import Location
from penstock.warehouses.contract import Warehouse
from penstock.warehouses.registry import open_warehouse

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


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_engine(threads=1)
    yield connection
    connection.close()


@pytest.fixture
def opened(engine: duckdb.DuckDBPyConnection) -> Callable[[str, Path], Warehouse]:
    return lambda type_, path: open_warehouse(engine, source(type_, path))


@pytest.fixture(params=["duckdb", "files"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """A source with TABLES."""
    folder = tmp_path / "env=prod [1]"
    folder.mkdir()
    with duckdb.connect(str(folder / "shop.duckdb") if request.param == "duckdb" else ":memory:") as writer:
        for name, query in TABLES.items():
            quoted = name.replace('"', '""')
            if request.param == "duckdb":
                writer.execute(f'CREATE TABLE "{quoted}" AS {query}')
            else:
                path = str(folder / f"{name}.parquet").replace("'", "''")
                writer.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return source(request.param, folder / "shop.duckdb" if request.param == "duckdb" else folder)
