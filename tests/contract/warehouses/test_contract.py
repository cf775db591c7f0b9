"""What every warehouse promises."""

from __future__ import annotations

import os
from contextlib import closing

import duckdb
import pytest

from penstock.catalog.entities import Source
from penstock.errors import ConfigurationError, SourceError
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from penstock.warehouses.registry import open_warehouse
from tests.contract.warehouses.conftest import TABLES, model, rows_of


def test_it_names_its_tables(warehouse: Warehouse) -> None:
    assert warehouse.tables() == tuple(sorted(TABLES))


def test_it_tells_the_fields_of_a_table_in_order(warehouse: Warehouse) -> None:
    fields = warehouse.fields(model("people"))
    assert {name: str(field.type) for name, field in fields.items()} == {
        "id": "integer",
        "name": "text",
        "since": "date",
    }


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_may_have_any_name(warehouse: Warehouse, engine: duckdb.DuckDBPyConnection, name: str) -> None:
    assert "id" in warehouse.fields(model(name))
    warehouse.lend(model(name))
    expected = engine.execute(f"SELECT id FROM ({TABLES[name]}) ORDER BY id").fetchall()
    assert rows_of(warehouse, engine, "id") == expected


@pytest.mark.parametrize("dear", [False, True])
def test_only_the_fields_that_are_asked_for_come(
    warehouse: Warehouse, engine: duckdb.DuckDBPyConnection, dear: bool
) -> None:
    warehouse.lend(model("people"))
    assert [row[0] for row in rows_of(warehouse, engine, "name", dear=dear)] == ["p0", "p1", "p2"]
    assert len(rows_of(warehouse, engine, "since", "id", "id", dear=dear)) == 3


def test_it_answers_queries_over_all_that_was_lent(warehouse: Warehouse) -> None:
    warehouse.lend(model("people"))
    warehouse.lend(model(sql="SELECT id, 'it''s \\ \"so\"' AS word FROM people WHERE id > 0"), "penstock:other one")
    query = f'SELECT count(*), min(o.word) FROM {MODEL_VIEW} AS m JOIN "penstock:other one" AS o ON o.id = m.id'
    assert warehouse.query(query) == [(2, 'it\'s \\ "so"')]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM people",
        "SELECT id FROM people;",
        "SELECT id FROM people;;",
        "SELECT id FROM people -- all of them",
        "SELECT id FROM people; -- all of them; really",
        "SELECT id /* ; */ FROM people /* end */ ; /* end */",
        "WITH p AS (SELECT * FROM people) SELECT id FROM p",
        "SELECT id FROM people WHERE name <> ';'",
        "SELECT id FROM people WHERE name <> $$;$$;",
        "(SELECT id FROM people WHERE id < 1) UNION ALL (SELECT id FROM people WHERE id >= 1)",
    ],
)
def test_a_model_may_be_any_one_select(warehouse: Warehouse, engine: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert list(warehouse.fields(model(sql=sql))) == ["id"]
    warehouse.lend(model(sql=sql))
    assert rows_of(warehouse, engine, "id") == [(0,), (1,), (2,)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("", "model_sql_not_select"),
        ("-- nothing", "model_sql_not_select"),
        ("SELECT 1 AS id; SELECT 2 AS id", "model_sql_not_select"),
        ("DELETE FROM people", "model_sql_not_select"),
        ("DELETE FROM people RETURNING id", "model_sql_not_select"),
        ("CREATE TABLE x AS SELECT 1 AS id", "model_sql_not_select"),
        ("SELECT 1 AS id) UNION (SELECT 2", "model_sql"),
        ("SELECT 1 AS id) AS a, (SELECT 2", "model_sql"),
        ("SELECT nope FROM people", "model_sql"),
        ("SELECT id FROM nope", "model_sql"),
        ("SELEC id FROM people", "model_sql"),
    ],
)
def test_other_sql_is_refused_with_its_place(warehouse: Warehouse, sql: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        warehouse.fields(model(sql=sql))
    assert caught.value.code == code
    assert caught.value.problems[0].location is not None
    assert "\n" not in caught.value.message


def test_a_missing_table_is_named_with_the_nearest(warehouse: Warehouse) -> None:
    with pytest.raises(ConfigurationError) as caught:
        warehouse.fields(model("peple"))
    assert caught.value.code == "unknown_table"
    assert "Did you mean `people`?" in caught.value.message


def test_an_error_while_reading_names_the_model(warehouse: Warehouse, engine: duckdb.DuckDBPyConnection) -> None:
    def read() -> None:
        warehouse.lend(model(sql="SELECT CAST(name || 'boom' AS INTEGER) AS id FROM people"))
        rows_of(warehouse, engine, "id")

    with pytest.raises(SourceError, match=r"reading model `m` failed: .*boom") as caught:
        read()
    assert caught.value.code == "source_unreadable"


@pytest.mark.parametrize("dear", [False, True])
def test_the_rows_of_sql_are_the_same_at_every_reading(
    warehouse: Warehouse, engine: duckdb.DuckDBPyConnection, dear: bool
) -> None:
    warehouse.lend(model(sql="SELECT id, random() AS r FROM people"))
    settled = warehouse.settled(f"SELECT * FROM {MODEL_VIEW}", ["id", "r"], dear=dear)
    read = f"SELECT * FROM ({settled}) ORDER BY id"
    assert engine.execute(read).fetchall() == engine.execute(read).fetchall()


def test_a_missing_source_says_where_its_path_is_written(engine: duckdb.DuckDBPyConnection, stored: Source) -> None:
    stored.path.rename(stored.path.with_name("elsewhere"))
    with pytest.raises(SourceError) as caught:
        open_warehouse(engine, stored)
    assert caught.value.code == "source_missing"
    assert "penstock.yaml:3" in caught.value.fix


def test_it_notices_that_a_file_was_replaced(engine: duckdb.DuckDBPyConnection, stored: Source) -> None:
    warehouse = open_warehouse(engine, stored)
    warehouse.assert_unchanged()
    path = stored.path if stored.path.is_file() else stored.path / "people.parquet"
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    copy.replace(path)
    with pytest.raises(SourceError) as caught:
        warehouse.assert_unchanged()
    assert caught.value.code == "source_changed"


def test_it_gives_the_source_back(engine: duckdb.DuckDBPyConnection, shop: Source) -> None:
    open_warehouse(engine, shop).close()
    with closing(open_warehouse(engine, shop)) as warehouse:
        assert warehouse.tables() == tuple(sorted(TABLES))
