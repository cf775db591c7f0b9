"""What every warehouse promises."""

from __future__ import annotations

import os

import duckdb
import pytest

from penstock.catalog.entities import Source
from penstock.errors import ConfigurationError, SourceError
from penstock.warehouses.contract import MODEL_VIEW
from penstock.warehouses.registry import open_warehouse
from tests.contract.warehouses.conftest import TABLES, model


def test_it_names_its_tables(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    assert open_warehouse(engine, shop).tables() == tuple(sorted(TABLES))


def test_it_tells_the_fields_of_a_table_in_order(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    fields = open_warehouse(engine, shop).fields(model("people"))
    assert {name: str(field.type) for name, field in fields.items()} == {
        "id": "integer",
        "name": "text",
        "since": "date",
    }


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_may_have_any_name(engine: duckdb.DuckDBPyConnection, shop: Source, name: str) -> None:
    warehouse = open_warehouse(engine, shop)
    assert "id" in warehouse.fields(model(name))
    warehouse.lend(model(name))
    rows = engine.execute(f"SELECT id FROM {MODEL_VIEW} ORDER BY id").fetchall()
    assert rows == engine.execute(f"SELECT id FROM ({TABLES[name]}) ORDER BY id").fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM people",
        "SELECT id FROM people;",
        "SELECT id FROM people;;",
        "SELECT id FROM people -- all of them",
        "SELECT id FROM people; -- all of them; really",
        "SELECT id /* ; */ FROM people /* end */ ; /* end */",
        "WITH p AS (FROM people) SELECT id FROM p",
        "FROM people SELECT id",
        "SELECT id FROM people WHERE name <> ';'",
    ],
)
def test_a_model_may_be_any_one_select(engine: duckdb.DuckDBPyConnection, shop: Source, sql: str) -> None:
    warehouse = open_warehouse(engine, shop)
    assert list(warehouse.fields(model(sql=sql))) == ["id"]
    warehouse.lend(model(sql=sql))
    assert engine.execute(f"SELECT id FROM {MODEL_VIEW} ORDER BY id").fetchall() == [(0,), (1,), (2,)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("", "model_sql_not_select"),
        ("-- nothing", "model_sql_not_select"),
        ("SELECT 1 AS id; SELECT 2 AS id", "model_sql_not_select"),
        ("DELETE FROM people", "model_sql_not_select"),
        ("CREATE TABLE x AS SELECT 1 AS id", "model_sql_not_select"),
        ("ATTACH 'x.duckdb'", "model_sql_not_select"),
        ("SELECT 1 AS id) UNION (SELECT 2", "model_sql"),
        ("SELECT nope FROM people", "model_sql"),
        ("SELECT id FROM nope", "model_sql"),
        ("SELEC id FROM people", "model_sql"),
    ],
)
def test_other_sql_is_refused_with_its_place(
    engine: duckdb.DuckDBPyConnection, shop: Source, sql: str, code: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_warehouse(engine, shop).fields(model(sql=sql))
    assert caught.value.code == code
    assert caught.value.problems[0].location is not None


def test_a_missing_table_is_named_with_the_nearest(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_warehouse(engine, shop).fields(model("peple"))
    assert caught.value.code == "unknown_table"
    assert "Did you mean `people`?" in caught.value.message


def test_an_error_while_reading_names_the_model(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    with pytest.raises(SourceError, match=r"reading model `m` failed: .*boom"):
        open_warehouse(engine, shop).lend(model(sql="SELECT error('boom') AS id"))


def test_the_rows_of_sql_are_the_same_at_every_reading(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    open_warehouse(engine, shop).lend(model(sql="SELECT id, random() AS r FROM people"))
    read = f"SELECT * FROM {MODEL_VIEW} ORDER BY id"
    assert engine.execute(read).fetchall() == engine.execute(read).fetchall()


def test_a_missing_source_says_where_its_path_is_written(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    shop.path.rename(shop.path.with_name("elsewhere"))
    with pytest.raises(SourceError) as caught:
        open_warehouse(engine, shop)
    assert caught.value.code == "source_missing"
    assert "penstock.yaml:3" in caught.value.fix


def test_it_notices_that_a_file_was_replaced(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    warehouse = open_warehouse(engine, shop)
    warehouse.assert_unchanged()
    path = shop.path if shop.path.is_file() else shop.path / "people.parquet"
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    copy.replace(path)
    with pytest.raises(SourceError) as caught:
        warehouse.assert_unchanged()
    assert caught.value.code == "source_changed"


def test_it_gives_the_source_back(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    open_warehouse(engine, shop).close()
    assert open_warehouse(engine, shop).tables() == tuple(sorted(TABLES))
