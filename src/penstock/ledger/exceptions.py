"""Doubts, holds in force and trials of withheld fields, gathered into small tables that the comparison joins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from penstock.ledger.candidates import DOUBTED, HELD_FIELDS, HELD_RECORDS, PROBES
from penstock.ledger.census import DESIRED
from penstock.ledger.directory import KNOWN
from penstock.ledger.folded_run import REMOVAL
from penstock.ledger.gathering import gather, has_rows
from penstock.ledger.rest import rests_parameters, rests_sql
from penstock.ledger.retry import FREED, free_holds
from penstock.ledger.state import LedgerState
from penstock.mapping.slots import MappedSlot, Slot, bit_sum, replaced, words
from penstock.plan.outcomes import ABSENT, DELETED
from penstock.plan.retry import Retry
from penstock.quoting import quote_text


def gather_doubts(connection: duckdb.DuckDBPyConnection, slots: Sequence[MappedSlot], state: LedgerState) -> bool:
    """Make DOUBTED; return whether anything is in doubt."""
    if not state.doubts:
        return False
    before = replaced((mapped.slot for mapped in slots), state.slots)
    either = {m.slot.number: f"slot IN ({m.slot.number}, {before.get(m.slot, m.slot).number})" for m in slots}
    bits = _bits_by_key(list(either.items()))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {DOUBTED} AS SELECT key, {bits}, bool_or(slot = {REMOVAL}) AS removal"
        " FROM penstock_ledger.doubts GROUP BY key"
    )
    return True


def members_doubted(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything of DOUBTED is about a member."""
    of_members = f"{DOUBTED} SEMI JOIN (SELECT key FROM penstock_ledger.confirmed WHERE member) USING (key)"
    return has_rows(connection, f"FROM {of_members}")


def gather_holds(
    connection: duckdb.DuckDBPyConnection,
    slots: Sequence[MappedSlot],
    state: LedgerState,
    *,
    mapping: str,
    now: datetime,
    has_directory: bool,
    retry: Retry | None,
) -> bool:
    """Make HELD_RECORDS and HELD_FIELDS of the holds whose time has not come under this mapping, less FREED.

    Who was missing at the destination and has been seen there since is no longer held.
    """
    if retry is not None:
        free_holds(connection, retry)
    if not state.holds:
        return False
    asked_for = "" if retry is None else f" AND (key, slot) NOT IN (SELECT (key, slot) FROM {FREED})"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE penstock_holds AS FROM penstock_ledger.holds"
        f" WHERE mapping = $mapping AND {rests_sql('next_try')}{asked_for}",
        {"mapping": mapping, **rests_parameters(now)},
    )
    if has_directory:
        connection.execute(
            f"DELETE FROM penstock_holds AS h USING {DESIRED} AS d, {KNOWN} AS dir"
            f" WHERE h.code IN ({quote_text(ABSENT)}, {quote_text(DELETED)}) AND d.key = h.key"
            " AND dir.match = d.match AND dir.seen_at > h.since::TIMESTAMPTZ"
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {HELD_RECORDS} AS SELECT key, tried, code FROM penstock_holds WHERE slot = -1"
    )
    bits = _bits_by_key([(mapped.slot.number, _is_held(mapped)) for mapped in slots])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {HELD_FIELDS} AS SELECT h.key, {bits}"
        f" FROM penstock_holds AS h JOIN {DESIRED} AS d ON d.key = h.key WHERE h.slot >= 0 GROUP BY h.key"
    )
    return True


def gather_probes(
    connection: duckdb.DuckDBPyConnection,
    slots: Sequence[MappedSlot],
    probe: Sequence[Slot],
    *,
    has_holds: bool,
    has_directory: bool,
) -> bool:
    """Make PROBES: for each withheld slot one record that has a value for it and can be sent, a known one if any.

    What only a creation may set is tried with new users alone. Returns whether there is any probe.
    """
    if not probe:
        return False
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE penstock_trials AS SELECT key, 0 AS slot FROM {DESIRED} LIMIT 0"
    )
    only_once = {mapped.slot for mapped in slots if mapped.field.create_only}
    for slot in probe:
        unfit = _known(has_directory=has_directory) if slot in only_once else ""
        if has_holds:
            unfit += (
                f" AND NOT EXISTS (FROM {HELD_RECORDS} AS hr WHERE hr.key = d.key) AND NOT EXISTS"
                f" (FROM {HELD_FIELDS} AS hf WHERE hf.key = d.key AND (hf.w{slot.word} & {slot.bit}) <> 0)"
            )
        connection.execute(
            f"INSERT INTO penstock_trials SELECT d.key, {slot.number} FROM {DESIRED} AS d"
            " LEFT JOIN penstock_ledger.confirmed AS c ON c.key = d.key"
            f" WHERE d.{slot.column} IS NOT NULL AND (c.key IS NULL OR c.match = d.match){unfit}"
            " ORDER BY c.key IS NULL, d.key LIMIT 1"
        )
    bits = _bits_by_key(_by_slot(slots))
    return gather(connection, PROBES, f"SELECT key, {bits} FROM penstock_trials GROUP BY key")


def _known(*, has_directory: bool) -> str:
    """SQL that leaves out those who exist at the destination as far as is known."""
    listed = f" AND NOT EXISTS (FROM {KNOWN} AS dir WHERE dir.match = d.match)" if has_directory else ""
    return f" AND c.key IS NULL{listed}"


def _is_held(mapped: MappedSlot) -> str:
    """SQL; what only a creation sets is held for whoever exists anyway, with a reason of its own."""
    number = mapped.slot.number
    return "false" if mapped.field.create_only else f"slot = {number} AND tried = hash(d.{mapped.slot.column})"


def _by_slot(slots: Sequence[MappedSlot]) -> list[tuple[int, str]]:
    return [(mapped.slot.number, f"slot = {mapped.slot.number}") for mapped in slots]


def _bits_by_key(conditions: Sequence[tuple[int, str]]) -> str:
    numbers = [number for number, _ in conditions]
    return ", ".join(f"bit_or({bit_sum(conditions, word)}) AS w{word}" for word in words(numbers))


def refusals(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the destination's words for each reason of the holds in force."""
    rows = connection.execute("SELECT code, arg_min(message, since) FROM penstock_holds GROUP BY code").fetchall()
    return {str(code): str(message) for code, message in rows}
