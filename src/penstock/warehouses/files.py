"""The source type `files`: a folder in which each Parquet or CSV file is a table named after it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from penstock.catalog.entities import Source
from penstock.engine import first_line
from penstock.errors import SourceError
from penstock.quoting import quote_name, quote_text
from penstock.warehouses.file import SOURCE_DATABASE
from penstock.warehouses.stamps import Stamps

READERS = {
    ".parquet": "read_parquet({path}, hive_partitioning = false)",
    ".csv": "read_csv({path}, sample_size = -1, hive_partitioning = false)",
}
NUMBERS = {"BIGINT", "DOUBLE", "HUGEINT"}
"""What the engine takes a column of a CSV file for when it holds digits."""


def open_folder(connection: duckdb.DuckDBPyConnection, source: Source) -> Stamps:
    """Make a view of every file, in the database SOURCE_DATABASE."""
    try:
        if not source.path.is_dir():
            raise SourceError(
                f"Source `{source.name}`: there is no folder {source.path}.",
                fix=f"Correct `path` at {source.location}, or create the folder.",
                code="source_missing",
            )
        files = sorted(path for path in source.path.iterdir() if path.suffix.lower() in READERS)
    except PermissionError as error:
        raise SourceError(
            f"Source `{source.name}`: {source.path} may not be read.",
            fix="Give the user who runs Penstock the right to read it.",
            code="source_denied",
        ) from error
    _refuse_twins(source, files)
    connection.execute(f"ATTACH ':memory:' AS {SOURCE_DATABASE}")
    connection.execute(f"USE {SOURCE_DATABASE}")
    stamps = Stamps.of(files)
    for path in files:
        _make_view(connection, source, path)
    return stamps


def _literal(path: Path) -> str:
    """A path in which nothing is taken for a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _refuse_twins(source: Source, files: list[Path]) -> None:
    seen: dict[str, Path] = {}
    for path in files:
        twin = seen.setdefault(path.stem.lower(), path)
        if twin is not path:
            raise SourceError(
                f"Source `{source.name}`: {twin.name} and {path.name} would both be the table `{path.stem}`.",
                fix="Rename or remove one of them.",
                code="source_ambiguous",
            )


def _make_view(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    reader = READERS[path.suffix.lower()].format(path=quote_text(_literal(path)))
    try:
        if path.suffix.lower() == ".csv" and (texts := _numbers_that_are_texts(connection, reader)):
            reader = _as_texts(reader, texts)
        connection.execute(f"CREATE VIEW {SOURCE_DATABASE}.main.{quote_name(path.stem)} AS SELECT * FROM {reader}")
    except duckdb.Error as error:
        text = str(error).strip()
        reason = "it is not encoded in UTF-8" if "unicode" in text.lower() else first_line(text)
        raise SourceError(
            f"Source `{source.name}`: {path.name} cannot be read ({reason}).",
            fix="Repair the file, or move it out of the folder.",
            code="source_unreadable",
        ) from error


def _numbers_that_are_texts(connection: duckdb.DuckDBPyConnection, reader: str) -> list[str]:
    """Columns of digits in which some begin with a zero: postal codes and telephone numbers, not numbers."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    names = [str(name) for name, type_, *_ in described if type_ in NUMBERS]
    if not names:
        return []
    tests = ", ".join(f"bool_or(regexp_matches({quote_name(name)}, '^\\s*[+-]?0[0-9]'))" for name in names)
    found = connection.execute(f"SELECT {tests} FROM {_as_texts(reader, names)}").fetchone() or ()
    return [name for name, is_text in zip(names, found, strict=True) if is_text]


def _as_texts(reader: str, names: list[str]) -> str:
    types = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in names)
    return f"{reader[:-1]}, types = {{{types}}})"
