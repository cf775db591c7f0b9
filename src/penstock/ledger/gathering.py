"""Small tables that a statement joins: made of a SELECT, and left out of the statement where nobody is in them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb


def gather(
    connection: duckdb.DuckDBPyConnection, table: str, select: str, parameters: Mapping[str, object] | None = None
) -> bool:
    """Make a temporary table of a SELECT; return whether it has any row."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}", parameters)
    return has_rows(connection, f"FROM {table}")


def has_rows(
    connection: duckdb.DuckDBPyConnection, select: str, parameters: Mapping[str, object] | None = None
) -> bool:
    """Whether a SELECT finds anything."""
    return connection.execute(f"SELECT 1 FROM ({select}) LIMIT 1", parameters).fetchone() is not None
