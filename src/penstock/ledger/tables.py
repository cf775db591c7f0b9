"""The ledger's tables: made for a new ledger, altered when the mapping changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

import duckdb

from penstock.ledger.state import FORMAT, LEDGER, LedgerIdentity, identity_to_json, stored_slots
from penstock.mapping.slots import Slot, words


def create_tables(connection: duckdb.DuckDBPyConnection, identity: LedgerIdentity) -> None:
    """Make the tables of a new ledger.

    `confirmed`: a row for each record that exists at the destination as far as is known; without `confirmed_at` it
    may exist only (the answer to its creation was lost). `s<word>`: the bits of the fields that are confirmed.
    `suspended`: by this activation, when it left. `doubts`: sent, answer unknown; slot -1 stands for the record's
    existence, -2 for its removal. `holds`: not tried again before the
    values of `tried` change or `next_try` comes; slot -1 stands for the whole record, -3 for a removal that is
    pending. `withheld`: fields that the destination ignores. Times are ISO 8601 text.
    """
    key = identity.key_type
    statements = (
        "CREATE TABLE penstock_ledger.meta (name VARCHAR, value VARCHAR)",
        "CREATE TABLE penstock_ledger.slots (number INTEGER, name VARCHAR, identity VARCHAR, stored_type VARCHAR)",
        f"""CREATE TABLE penstock_ledger.confirmed (key {key}, match VARCHAR, member BOOLEAN, remote_id VARCHAR,
            confirmed_at TIMESTAMPTZ, run VARCHAR, suspended BOOLEAN, s0 BIGINT)""",
        f"CREATE TABLE penstock_ledger.doubts (key {key}, slot INTEGER, run VARCHAR)",
        f"""CREATE TABLE penstock_ledger.holds (key {key}, slot INTEGER, tried UBIGINT, mapping VARCHAR, code VARCHAR,
            message VARCHAR, since VARCHAR, next_try VARCHAR, run VARCHAR)""",
        "CREATE TABLE penstock_ledger.withheld (slot INTEGER, since VARCHAR, next_try VARCHAR)",
    )
    for statement in statements:
        connection.execute(statement)
    values = {"format": str(FORMAT), "ledger_id": uuid4().hex, "fold": "0", "last_run": "", "next_slot": "0"}
    connection.executemany("INSERT INTO penstock_ledger.meta VALUES (?, ?)", list(values.items()))
    connection.execute("INSERT INTO penstock_ledger.meta VALUES ('identity', '')")
    write_identity(connection, identity)


def write_identity(connection: duckdb.DuckDBPyConnection, identity: LedgerIdentity) -> None:
    """Record whose ledger it is."""
    set_meta(connection, "identity", json.dumps(identity_to_json(identity)))


def set_meta(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Change one of the ledger's own facts."""
    connection.execute("DELETE FROM penstock_ledger.meta WHERE name = ?", [name])
    connection.execute("INSERT INTO penstock_ledger.meta VALUES (?, ?)", [name, value])


def add_slots(connection: duckdb.DuckDBPyConnection, slots: Sequence[Slot]) -> None:
    """Add the columns of newly mapped fields.

    A field whose type changed has a new slot: a column's type is never altered, or `'007'` would become 7.
    """
    present = {slot.number for slot in stored_slots(connection)}
    connection.execute("ALTER TABLE penstock_ledger.confirmed ADD COLUMN IF NOT EXISTS suspended BOOLEAN")
    columns = {str(row[0]) for row in connection.execute("DESCRIBE penstock_ledger.confirmed").fetchall()}
    for word in words(slot.number for slot in slots):
        if f"s{word}" not in columns:
            connection.execute(f"ALTER TABLE penstock_ledger.confirmed ADD COLUMN s{word} BIGINT DEFAULT 0")
    for slot in slots:
        if slot.number in present:
            continue
        connection.execute(f"ALTER TABLE penstock_ledger.confirmed ADD COLUMN {slot.column} {slot.stored_type}")
        connection.execute(
            "INSERT INTO penstock_ledger.slots VALUES (?, ?, ?, ?)",
            [slot.number, slot.name, slot.identity, slot.stored_type],
        )
    next_slot = max([slot.number + 1 for slot in slots], default=0)
    connection.execute(
        "UPDATE penstock_ledger.meta SET value = greatest(CAST(value AS INTEGER), ?)::VARCHAR"
        " WHERE name = 'next_slot'",
        [next_slot],
    )


def drop_other_slots(connection: duckdb.DuckDBPyConnection, slots: Sequence[Slot]) -> None:
    """Drop the columns of fields that are no longer mapped."""
    kept = {slot.number for slot in slots}
    for slot in stored_slots(connection):
        if slot.number in kept:
            continue
        connection.execute(f"ALTER TABLE penstock_ledger.confirmed DROP COLUMN {slot.column}")
        for table, column in (("slots", "number"), ("doubts", "slot"), ("holds", "slot"), ("withheld", "slot")):
            connection.execute(f"DELETE FROM {LEDGER}.{table} WHERE {column} = ?", [slot.number])
