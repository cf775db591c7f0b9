"""Finding the fields whose value differs in many records: theirs are compared for everybody, the others hashed.

A computed field ("days since the last order") changes in everybody every day. Hashes that include it spare nobody;
without it they spare the fetching of all other values.
"""

from __future__ import annotations

from collections import Counter

import duckdb

from penstock.ledger.census import MEMBERS
from penstock.ledger.comparison import Comparison
from penstock.ledger.rules import clears
from penstock.mapping.slots import MappedSlot

SAMPLED = 20_000
"""So many members are looked at, chosen by the hash of their key."""


def find_wide(
    connection: duckdb.DuckDBPyConnection, comparison: Comparison, *, members: int, most: float
) -> frozenset[int]:
    """Return the slots without which at most the share `most` of the members differs, those that differ most first.

    It is judged from a sample. Raises duckdb.OutOfMemoryException.
    """
    differing, sampled = _sample(connection, comparison, members)
    wide: set[int] = set()
    while sum(differing.values()) > most * sampled:
        by_slot: Counter[int] = Counter()
        for slots, records in differing.items():
            by_slot.update(dict.fromkeys(slots, records))
        wide.add(by_slot.most_common(1)[0][0])
        remaining: Counter[frozenset[int]] = Counter()
        for slots, records in differing.items():
            if slots - wide:
                remaining[slots - wide] += records
        differing = remaining
    return frozenset(wide)


def _sample(
    connection: duckdb.DuckDBPyConnection, comparison: Comparison, members: int
) -> tuple[Counter[frozenset[int]], int]:
    """Return for each set of slots how many sampled members differ in just these, and how many were sampled."""
    slots = ", ".join(f"CASE WHEN {_differs(comparison, m)} THEN {m.slot.number} END" for m in comparison.hashed)
    chosen = f"hash(key) % {max(1, members // SAMPLED)} = 0"
    rows = connection.execute(
        f"SELECT [{slots}] AS slots, count(*) FROM (SELECT * FROM {MEMBERS} WHERE {chosen}) AS d"
        f" JOIN (SELECT * FROM penstock_ledger.confirmed WHERE member AND {chosen}) AS c ON c.key = d.key"
        " GROUP BY ALL"
    ).fetchall()
    counted = Counter({frozenset(slot for slot in slots if slot is not None): records for slots, records in rows})
    sampled = sum(counted.values())
    del counted[frozenset()]
    return counted, sampled


def _differs(comparison: Comparison, mapped: MappedSlot) -> str:
    differs = f"d.{mapped.slot.column} IS DISTINCT FROM {comparison.confirmed(mapped.slot)}"
    if clears(mapped):
        differs += f" OR NOT ({comparison.is_confirmed(mapped.slot)})"
    return differs
