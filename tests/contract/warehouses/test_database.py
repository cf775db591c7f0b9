"""A DuckDB file as a source."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from penstock.errors import ConfigurationError, SourceError
from penstock.ledger.census import MEMBERS, count_members, open_members
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from tests.contract.warehouses.conftest import model

Opened = Callable[[str, Path], Warehouse]
WRITER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE t AS SELECT 1 AS id")
print("writing", flush=True)
sys.stdin.read()
"""


def test_a_database_that_is_being_written_is_refused_with_the_writer(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(SourceError) as caught:
            opened("duckdb", path)
        writer.stdin.close()
    assert caught.value.code == "source_locked"
    assert str(writer.pid) in caught.value.message
    assert opened("duckdb", path).tables() == ("t",)


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_what_is_no_database_is_refused(opened: Opened, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shop.duckdb"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        opened("duckdb", path)
    assert caught.value.code == "source_unreadable"


def test_a_table_of_another_schema(opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute('CREATE SCHEMA "o\'ther"; CREATE TABLE "o\'ther"."my table" AS SELECT 5 AS id')
    warehouse = opened("duckdb", path)
    warehouse.lend(model("o'ther.my table"))
    assert engine.execute(f"FROM {MODEL_VIEW}").fetchall() == [(5,)]


@pytest.mark.parametrize("table", ["model", "members", "desired", "plan", "taken", "source"])
def test_a_view_over_a_table_with_a_common_name(
    opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path, table: str
) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute(f"CREATE TABLE {table} AS SELECT 5 AS id")
        writer.execute(f"CREATE VIEW active AS SELECT * FROM {table}")
    opened("duckdb", path).lend(model("active"))
    open_members(engine, f"SELECT id AS key, 'x' AS match, 0 AS b0 FROM {MODEL_VIEW}")
    assert engine.execute(f"SELECT key FROM {MEMBERS}").fetchall() == [(5,)]
    assert count_members(engine, (0,)).members == 1


def test_the_source_is_never_written(opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute("CREATE TABLE t AS SELECT 1 AS id")
    before = path.read_bytes()
    warehouse = opened("duckdb", path)
    warehouse.lend(model("t"))
    warehouse.close()
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["shop.duckdb"]


@pytest.mark.parametrize("sql", ["FROM t SELECT id", "WITH p AS (FROM t) SELECT id FROM p"])
def test_a_model_may_be_written_in_the_engines_own_way(opened: Opened, tmp_path: Path, sql: str) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute("CREATE TABLE t AS SELECT 1 AS id")
    assert list(opened("duckdb", path).fields(model(sql=sql))) == ["id"]


def test_a_model_attaches_nothing(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(ConfigurationError) as caught:
        opened("duckdb", path).fields(model(sql="ATTACH 'x.duckdb'"))
    assert caught.value.code == "model_sql_not_select"
