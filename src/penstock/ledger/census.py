"""Counting the desired records. Membership is taken before anything is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

MEMBERS = "penstock_members"
"""All desired records, as a view."""
DESIRED = "penstock_desired"
"""Those that are compared: members less what is set aside."""
DIFFERING = "penstock_differing"
"""Table (key, without_match, unsendable) of the members, and of those whom the ledger takes for members, in whom
anything differs; the key of a member that has none is null."""


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
