"""New records whose match value is the confirmed one of another member: who has it there is somebody else."""

from __future__ import annotations

from pathlib import Path

import duckdb

from penstock.ledger.gathering import gather
from penstock.ledger.set_aside import SET_ASIDE

TAKEN = "penstock_taken"
"""Table (key) of new records whose match value belongs to another known member."""


def gather_taken(connection: duckdb.DuckDBPyConnection, path: Path, *, has_set_aside: bool) -> bool:
    """Make TAKEN of the plan at `path`; return whether there are any."""
    released = "SELECT p_match FROM read_parquet($path) WHERE code = 'identity_changed'"
    if has_set_aside:
        released += (
            f" UNION ALL SELECT match FROM penstock_ledger.confirmed WHERE key IN (SELECT key FROM {SET_ASIDE})"
        )
    taken = f"SELECT key FROM read_parquet($path) WHERE op = 'create' AND NOT known AND match IN ({released})"
    return gather(connection, TAKEN, taken, {"path": str(path)})
