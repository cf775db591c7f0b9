"""Doubts and holds in force, gathered into small tables that the comparison joins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from penstock.ledger.census import DESIRED
from penstock.ledger.compare import DOUBTED, HELD_FIELDS, HELD_RECORDS
from penstock.ledger.state import LedgerState
from penstock.mapping.slots import MappedSlot, bit_sum, words


def gather_doubts(connection: duckdb.DuckDBPyConnection, slots: Sequence[MappedSlot], state: LedgerState) -> bool:
    """Make DOUBTED; return whether anything is in doubt."""
    if not state.doubts:
        return False
    bits = _bits_by_key([mapped.slot.number for mapped in slots], "slot = {number}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {DOUBTED} AS SELECT key, {bits} FROM ledger.doubts GROUP BY key"
    )
    return True


def gather_holds(
    connection: duckdb.DuckDBPyConnection,
    slots: Sequence[MappedSlot],
    state: LedgerState,
    *,
    mapping: str,
    now: datetime,
) -> bool:
    """Make HELD_RECORDS and HELD_FIELDS of the holds whose time has not come under this mapping."""
    if not state.holds:
        return False
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE holds_in_force AS FROM ledger.holds WHERE mapping = ? AND next_try > ?",
        [mapping, now.isoformat()],
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {HELD_RECORDS} AS SELECT key, tried, code FROM holds_in_force WHERE slot = -1"
    )
    held = "slot = {number} AND tried = hash(d.f{number})"
    bits = _bits_by_key([mapped.slot.number for mapped in slots], held)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {HELD_FIELDS} AS SELECT h.key, {bits}"
        f" FROM holds_in_force AS h JOIN {DESIRED} AS d ON d.key = h.key WHERE h.slot >= 0 GROUP BY h.key"
    )
    return True


def _bits_by_key(numbers: Sequence[int], condition: str) -> str:
    conditions = [(number, condition.format(number=number)) for number in numbers]
    return ", ".join(f"bit_or({bit_sum(conditions, word)}) AS w{word}" for word in words(numbers))
