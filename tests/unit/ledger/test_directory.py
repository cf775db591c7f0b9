"""The directory of an account: who is known to exist there; it may be lost at any time, and is then begun anew."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from penstock.engine import open_engine
from penstock.errors import StorageError
from penstock.ledger.directory import KNOWN, Directory, Learnt, learn, opened
from penstock.quoting import quote_text
from tests.unit.ledger.bench import IDENTITY, START

OTHER = replace(IDENTITY.account, key_fingerprint="another key")


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_engine(threads=1)
    yield connection
    connection.close()


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory(path=tmp_path / "users.duckdb", account=IDENTITY.account, match_key="email")


def note(
    engine: duckdb.DuckDBPyConnection, directory: Directory, *found: tuple[str, str], gone: tuple[str, ...] = ()
) -> None:
    engine.execute("CREATE OR REPLACE TEMP TABLE found (match VARCHAR, remote_id VARCHAR)")
    engine.execute("CREATE OR REPLACE TEMP TABLE gone (match VARCHAR)")
    for pair in found:
        engine.execute("INSERT INTO found VALUES (?, ?)", pair)
    for match in gone:
        engine.execute("INSERT INTO gone VALUES (?)", [match])
    learn(engine, directory, Learnt(found="found", gone="gone"), now=START)


def known(engine: duckdb.DuckDBPyConnection, directory: Directory | None) -> list[tuple[str, str]] | None:
    """All that is known, or None if the directory cannot be used; nothing of it stays in the engine."""
    with opened(engine, directory) as usable:
        found = engine.execute(f"SELECT match, remote_id FROM {KNOWN} ORDER BY ALL").fetchall() if usable else None
    databases = {name for (name,) in engine.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    assert databases == {"memory", "system", "temp"}
    with pytest.raises(duckdb.CatalogException):
        engine.execute(f"FROM {KNOWN}")
    return found


def test_the_newest_id_of_a_user_wins(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    note(engine, directory, ("a", "1"), ("b", "2"))
    note(engine, directory, ("b", "20"), ("c", "3"))
    assert known(engine, directory) == [("a", "1"), ("b", "20"), ("c", "3")]


def test_somebody_told_twice_at_once_stands_there_once(
    engine: duckdb.DuckDBPyConnection, directory: Directory
) -> None:
    note(engine, directory, ("a", "1"), ("a", "1"))
    assert known(engine, directory) == [("a", "1")]


def test_whoever_is_gone_is_forgotten(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    note(engine, directory, ("a", "1"), ("b", "2"))
    note(engine, directory, gone=("a", "nobody"))
    assert known(engine, directory) == [("b", "2")]


def test_whoever_is_gone_and_was_created_again_in_the_same_run_is_there(
    engine: duckdb.DuckDBPyConnection, directory: Directory
) -> None:
    note(engine, directory, ("a", "1"))
    note(engine, directory, ("a", "9"), gone=("a",))
    assert known(engine, directory) == [("a", "9")]


def test_two_match_keys_stand_side_by_side(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    by_number = replace(directory, match_key="external_id")
    note(engine, directory, ("a", "1"), ("x", "2"))
    note(engine, by_number, ("x", "7"), gone=("a",))
    assert known(engine, directory) == [("a", "1"), ("x", "2")]
    assert known(engine, by_number) == [("x", "7")]


def test_the_same_account_under_another_key_keeps_it(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    anchored = replace(directory, account=replace(IDENTITY.account, anchors=frozenset({"5"})))
    note(engine, anchored, ("a", "1"))
    renewed = replace(anchored, account=replace(OTHER, anchors=frozenset({"5", "6"})))
    assert known(engine, renewed) == [("a", "1")]


def test_another_account_at_the_same_place_knows_nobody_and_begins_anew(
    engine: duckdb.DuckDBPyConnection, directory: Directory
) -> None:
    note(engine, directory, ("a", "1"))
    other = replace(directory, account=OTHER)
    assert known(engine, other) is None
    note(engine, other, ("b", "2"))
    assert known(engine, other) == [("b", "2")]
    assert known(engine, directory) is None


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_damaged_file_knows_nobody_and_is_begun_anew(
    engine: duckdb.DuckDBPyConnection, directory: Directory, content: bytes
) -> None:
    directory.path.write_bytes(content)
    assert known(engine, directory) is None
    note(engine, directory, ("a", "1"))
    assert known(engine, directory) == [("a", "1")]


@pytest.mark.parametrize("start", [0, 20, 4096, 12288])
def test_a_file_that_was_overwritten_in_part(
    engine: duckdb.DuckDBPyConnection, directory: Directory, start: int
) -> None:
    note(engine, directory, *((f"user {n}", str(n)) for n in range(100)))
    content = bytearray(directory.path.read_bytes())
    content[start : start + 4096] = b"x" * 4096
    directory.path.write_bytes(content)
    known(engine, directory)
    note(engine, directory, ("a", "1"))
    assert ("a", "1") in (known(engine, directory) or ())


@pytest.mark.parametrize("broken", ["DROP TABLE meta", "DELETE FROM meta", "UPDATE meta SET format = '0'"])
def test_a_file_that_is_no_directory_of_this_version(
    engine: duckdb.DuckDBPyConnection, directory: Directory, broken: str
) -> None:
    note(engine, directory, ("a", "1"))
    with duckdb.connect(str(directory.path)) as connection:
        connection.execute(broken)
    assert known(engine, directory) is None
    note(engine, directory, ("b", "2"))
    assert known(engine, directory) == [("b", "2")]


@pytest.mark.parametrize("account", ["", "{", "[]", '{"label": "acme"}'])
def test_a_file_that_does_not_say_whose_it_is(
    engine: duckdb.DuckDBPyConnection, directory: Directory, account: str
) -> None:
    note(engine, directory, ("a", "1"))
    with duckdb.connect(str(directory.path)) as connection:
        connection.execute(f"UPDATE meta SET account = {quote_text(account)}")
    assert known(engine, directory) is None
    note(engine, directory, ("b", "2"))
    assert known(engine, directory) == [("b", "2")]


def test_only_its_owner_reads_it(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    note(engine, directory, ("a", "1"))
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o600
    assert [file.name for file in directory.path.parent.iterdir()] == [directory.path.name]


def test_where_there_is_none_nobody_is_known(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    assert known(engine, None) is None
    assert known(engine, directory) is None
    assert not directory.path.exists()


def test_what_goes_wrong_while_writing_changes_nothing(
    engine: duckdb.DuckDBPyConnection, directory: Directory
) -> None:
    note(engine, directory, ("a", "1"))
    no_number = Learnt(found="(SELECT 'b' AS match, error('torn')::VARCHAR AS remote_id)", gone="gone")
    with pytest.raises(duckdb.Error, match="torn"):
        learn(engine, directory, no_number, now=START)
    assert known(engine, directory) == [("a", "1")]


def test_a_folder_that_cannot_be_written(engine: duckdb.DuckDBPyConnection, directory: Directory) -> None:
    away = replace(directory, path=directory.path.parent / "no such folder" / "users.duckdb")
    with pytest.raises(StorageError):
        note(engine, away, ("a", "1"))
