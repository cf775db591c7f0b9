"""Counting the desired records, and setting aside those whose key or match value is missing or not unique.

Membership is taken before anything is set aside: a record that is set aside has not left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from penstock.plan.plan import SetAside

MEMBERS = "penstock_members"
"""All desired records, as a view."""
DESIRED = "penstock_desired"
"""Those that are compared: members less what is set aside."""
SET_ASIDE = "penstock_set_aside"
"""Table (key, code) of the members that have a key and are set aside."""
DIFFERING = "penstock_differing"
"""Table (key, without_match, unsendable) of the members, and of those whom the ledger takes for members, in whom
anything differs; the key of a member that has none is null."""
EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Members by what their key and match value allow."""

    members: int
    without_key: int
    without_match: int
    unsendable: int
    """Members with a value that cannot be sent."""
    differing: int | None = None
    """Rows of DIFFERING, if it was made."""


def open_members(connection: duckdb.DuckDBPyConnection, desired_sql: str) -> None:
    """Stand up the members, with nothing set aside."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {MEMBERS} AS {desired_sql}")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {DESIRED} AS SELECT * FROM {MEMBERS}")


def count_members(connection: duckdb.DuckDBPyConnection, words: Sequence[int]) -> Census:
    """Count members, and those without a key or a match value, or with a value that cannot be sent."""
    unsendable_sql = " OR ".join(f"b{word} <> 0" for word in words)
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (key IS NULL), count(*) FILTER (key IS NOT NULL AND match IS NULL),"
        f" count(*) FILTER ({unsendable_sql}) FROM {MEMBERS}"
    ).fetchone()
    members, without_key, without_match, unsendable = row or (0, 0, 0, 0)
    return Census(members=members, without_key=without_key, without_match=without_match, unsendable=unsendable)


def is_unique(connection: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether no value of `key` or `match` occurs twice among the members."""
    row = connection.execute(f"SELECT count({column}) = count(DISTINCT {column}) FROM {MEMBERS}").fetchone()
    return bool(row and row[0])


def set_aside(connection: duckdb.DuckDBPyConnection, key_type: str, census: Census) -> tuple[SetAside, ...]:
    """Find what must be set aside, whole groups, and leave it out of DESIRED. Returns it by reason."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {SET_ASIDE} (key {key_type}, code VARCHAR, records BIGINT)")
    if not is_unique(connection, "key"):
        connection.execute(
            f"INSERT INTO {SET_ASIDE} SELECT key, 'duplicate_key', count(*) FROM {MEMBERS}"
            " WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
        )
    if census.without_match:
        _insert_unless_present(connection, "match_value_missing", "m.match IS NULL")
    if not is_unique(connection, "match"):
        repeated = f"(SELECT match FROM {MEMBERS} WHERE match IS NOT NULL GROUP BY match HAVING count(*) > 1)"
        _insert_unless_present(connection, "duplicate_match_value", f"m.match IN {repeated}")
    found = _reasons(connection)
    if census.without_key:
        found = (SetAside(code="key_missing", records=census.without_key, examples=()), *found)
    if found:
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {DESIRED} AS SELECT * FROM {MEMBERS} AS m WHERE m.key IS NOT NULL"
            f" AND NOT EXISTS (FROM {SET_ASIDE} AS s WHERE s.key = m.key)"
        )
    return found


def _insert_unless_present(connection: duckdb.DuckDBPyConnection, code: str, condition: str) -> None:
    connection.execute(
        f"INSERT INTO {SET_ASIDE} SELECT m.key, ?, count(*) FROM {MEMBERS} AS m"
        f" WHERE m.key IS NOT NULL AND {condition} AND m.key NOT IN (SELECT key FROM {SET_ASIDE}) GROUP BY m.key",
        [code],
    )


def _reasons(connection: duckdb.DuckDBPyConnection) -> tuple[SetAside, ...]:
    rows = connection.execute(
        f"SELECT code, sum(records)::BIGINT, min(key::VARCHAR, {EXAMPLES}) FROM {SET_ASIDE}"
        " GROUP BY code ORDER BY code"
    ).fetchall()
    return tuple(SetAside(code=code, records=records, examples=tuple(keys)) for code, records, keys in rows)
