"""Writing a plan's records anew before anything is sent, when some of them turn out not to be sent as planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from penstock.engine import state_errors
from penstock.ledger import summary
from penstock.plan.plan import Plan
from penstock.plan.records import FILE_FORMAT
from penstock.quoting import quote_text


def rewrite(connection: duckdb.DuckDBPyConnection, plan: Plan, rows: str, to: Path) -> Plan:
    """Write the records that the SELECT `rows` gives `to` a file; return the plan with the figures that fit them.

    Raises StorageError.
    """
    with state_errors("write the plan"):
        connection.execute(f"COPY ({rows}) TO {quote_text(str(to))} ({FILE_FORMAT})")
        facts = summary.read_plan(connection, to, plan.slots)
    counts = replace(plan.counts, skipped=sum(each.records for each in facts.skips))
    return replace(plan, counts=counts, changes=facts.changes, skipped=facts.skips)
