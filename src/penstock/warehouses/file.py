"""The source type `duckdb`: one database file, opened read-only."""

from __future__ import annotations

import re

import duckdb

from penstock.catalog.entities import Source
from penstock.engine import attach, first_line
from penstock.errors import SourceError
from penstock.warehouses.stamps import Stamps

SOURCE_DATABASE = "source"


def open_database(connection: duckdb.DuckDBPyConnection, source: Source) -> Stamps:
    """Attach the file as the database SOURCE_DATABASE and make it the place where bare table names are looked up."""
    if not source.path.exists():
        raise SourceError(
            f"Source `{source.name}`: there is no file {source.path}.",
            fix=f"Correct `path` at {source.location}, or create the database.",
            code="source_missing",
        )
    stamps = Stamps.of([source.path])
    try:
        attach(connection, source.path, SOURCE_DATABASE, read_only=True)
        connection.execute(f"USE {SOURCE_DATABASE}")
    except duckdb.Error as error:
        raise _refusal(source, str(error)) from error
    return stamps


def _refusal(source: Source, text: str) -> SourceError:
    if "lock" in text.lower():
        holder = re.search(r"PID (\d+)", text)
        whom = f" (process {holder.group(1)})" if holder else ""
        return SourceError(
            f"Source `{source.name}`: another program{whom} is writing to {source.path}.",
            fix="Close that program, or let it finish, then run again.",
            code="source_locked",
        )
    if "permission" in text.lower() or "denied" in text.lower():
        return SourceError(
            f"Source `{source.name}`: {source.path} may not be read.",
            fix="Give the user who runs Penstock the right to read it.",
            code="source_denied",
        )
    return SourceError(
        f"Source `{source.name}`: {source.path} cannot be opened as a DuckDB database ({first_line(text)}).",
        fix="Check that `path` names a DuckDB file written by version 2.0 or earlier.",
        code="source_unreadable",
    )
