"""A folder of files as a source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from penstock.errors import SourceError
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from tests.contract.warehouses.conftest import model

Opened = Callable[[str, Path], Warehouse]


def rows(opened: Opened, engine: duckdb.DuckDBPyConnection, folder: Path, table: str) -> list[tuple[object, ...]]:
    opened("files", folder).lend(model(table))
    return engine.execute(f"FROM {MODEL_VIEW}").fetchall()


def test_digits_with_a_leading_zero_are_text(
    opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text("id,zip,phone,n,ratio,code\n1,06000,0612345678,10,0.5,0\n2,75001,,0,1.5,00\n")
    assert rows(opened, engine, tmp_path, "c") == [
        (1, "06000", "0612345678", 10, 0.5, "0"),
        (2, "75001", None, 0, 1.5, "00"),
    ]


def test_csv_with_quotes_newlines_and_other_letters(
    opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = 'id;"na""me"\n1;"Zoé; ""the"" one"\n2;"two\nlines"\n3;👋\n'
    (tmp_path / "c.CSV").write_text(text, encoding="utf-8")
    assert rows(opened, engine, tmp_path, "C") == [(1, 'Zoé; "the" one'), (2, "two\nlines"), (3, "👋")]


def test_the_names_of_folders_add_no_fields(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "env=prod"
    folder.mkdir()
    (folder / "c.csv").write_text("id\n1\n")
    assert list(opened("files", folder).fields(model("c"))) == ["id"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.parquet", b""),
        ("c.parquet", b"PAR1 nonsense"),
        ("c.csv", b"id,name\n1,\xff\xfe\n"),
    ],
)
def test_a_damaged_file_is_named(opened: Opened, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as caught:
        opened("files", tmp_path)
    assert caught.value.code == "source_unreadable"
    assert name in caught.value.message


def test_two_files_that_would_be_one_table(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "Users.csv").write_text("id\n1\n")
    (tmp_path / "users.parquet").write_bytes(b"never looked at")
    with pytest.raises(SourceError) as caught:
        opened("files", tmp_path)
    assert caught.value.code == "source_ambiguous"


def test_other_files_are_passed_over(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / "c.csv").write_text("id\n1\n")
    assert opened("files", tmp_path).tables() == ("c",)


def test_a_csv_that_changes_after_it_was_lent_changes_no_row(
    opened: Opened, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text("id\n1\n")
    warehouse = opened("files", tmp_path)
    warehouse.lend(model("C"))
    (tmp_path / "c.csv").write_text("id\n1\n2\n")
    assert engine.execute(f"FROM {MODEL_VIEW}").fetchall() == [(1,)]
    with pytest.raises(SourceError):
        warehouse.assert_unchanged()
