"""Records that turn out to be one and the same user at the destination: each would overwrite the other.

A user may be found by a second address that belongs to another record of the segment.
"""

from __future__ import annotations

import duckdb

from penstock.ledger.census import DESIRED
from penstock.ledger.folded_run import FoldedRun, nothing_sql
from penstock.ledger.gathering import gather, has_rows
from penstock.ledger.state import SHARED_MARK
from penstock.ledger.tables import set_meta
from penstock.ledger.verdict import SHARED


def unconfirm_shared(run: FoldedRun) -> None:
    """Take nothing for confirmed of members that share a user with one of this run: nobody knows who wrote last."""
    seen = "SELECT remote_id FROM plan WHERE op IN ('create', 'update', 'return') AND remote_id IS NOT NULL"
    twice = (
        f"SELECT remote_id FROM penstock_ledger.confirmed WHERE member AND remote_id IN ({seen})"
        " GROUP BY remote_id HAVING count(*) > 1"
    )
    if not has_rows(run.connection, twice):
        return
    run.connection.execute(
        f"UPDATE penstock_ledger.confirmed SET {nothing_sql(run)} WHERE member AND remote_id IN ({twice})"
    )
    set_meta(run.connection, SHARED_MARK, "1")


def gather_shared(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make SHARED of the attached ledger; return whether there are any."""
    members = f"penstock_ledger.confirmed WHERE member AND key IN (SELECT key FROM {DESIRED})"
    twice = f"SELECT remote_id FROM {members} AND remote_id IS NOT NULL GROUP BY remote_id HAVING count(*) > 1"
    return gather(connection, SHARED, f"SELECT key FROM {members} AND remote_id IN ({twice})")
