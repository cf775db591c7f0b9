"""The keys of which anything differs between desired and confirmed records, found by joining hashes.

Hashes are never stored. What most runs cost is this one statement: values are fetched for the keys that it finds.
"""

from __future__ import annotations

import duckdb

from penstock.ledger.census import DIFFERING, MEMBERS, Census
from penstock.ledger.comparison import Comparison
from penstock.ledger.rules import clears
from penstock.ledger.state import SUSPENDED


def find_differing(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> Census:
    """Make DIFFERING and count the members. Raises duckdb.OutOfMemoryException.

    A member without key or match value, or with a value that cannot be sent, is among them whatever is confirmed.
    """
    unsendable = " OR ".join(f"d.b{word} <> 0" for word in comparison.words)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {DIFFERING} AS"
        " SELECT coalesce(d.key, c.key) AS key, d.without_match, d.unsendable FROM"
        f" (SELECT key, {_desired_hash(comparison)} AS h, match IS NULL AS without_match, {unsendable} AS unsendable"
        f" FROM {MEMBERS} AS d) AS d FULL JOIN"
        f" (SELECT key, {_confirmed_hash(comparison)} AS h FROM penstock_ledger.confirmed AS c WHERE member) AS c"
        " ON c.key = d.key WHERE d.h IS DISTINCT FROM c.h OR d.without_match OR d.unsendable"
    )
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {MEMBERS}), count(*) FILTER (key IS NULL),"
        " count(*) FILTER (key IS NOT NULL AND without_match), count(*) FILTER (unsendable), count(*)"
        f" FROM {DIFFERING}"
    ).fetchone()
    members, without_key, without_match, unsendable_members, differing = row or (0, 0, 0, 0, 0)
    return Census(
        members=members,
        without_key=without_key,
        without_match=without_match,
        unsendable=unsendable_members,
        differing=differing,
    )


def _desired_hash(comparison: Comparison) -> str:
    """SQL of the hash of a member `d`, equal to `_confirmed_hash` when nothing that is confirmed is due."""
    parts = ["d.match", "true", *(["false"] if comparison.has_suspended else [])]
    for mapped in comparison.hashed:
        parts.append(f"d.{mapped.slot.column}")
        if clears(mapped):
            parts.append("true")
    parts += ["true" for _ in comparison.replaced]
    return f"hash({', '.join(parts)})"


def _confirmed_hash(comparison: Comparison) -> str:
    """SQL of the hash of a ledger row `c`."""
    parts = ["c.match", "c.confirmed_at IS NOT NULL", *([SUSPENDED] if comparison.has_suspended else [])]
    for mapped in comparison.hashed:
        parts.append(f"c.{mapped.slot.column}")
        if clears(mapped):
            parts.append(comparison.is_confirmed(mapped.slot))
    parts += [f"c.{before.column} IS NULL" for before in comparison.replaced.values()]
    return f"hash({', '.join(parts)})"
