"""How long the texts of a plan are, for destinations that must choose a type before they are sent."""

from __future__ import annotations

from pathlib import Path

from penstock.engine import open_engine
from penstock.plan.plan import Plan
from penstock.plan.records import records_errors, records_sql


def longest_text(plan: Plan, path: Path, name: str) -> int:
    """Characters of the longest text that is sent for a mapped field; KeyError if it is not mapped."""
    column = f"f{plan.slot_of(name)}"
    with records_errors(path):
        connection = open_engine(memory="256MB", scratch=path.parent)
        try:
            query = f"SELECT max(length({column}::VARCHAR)) FROM {records_sql(path)} WHERE seq IS NOT NULL"
            row = connection.execute(query).fetchone()
        finally:
            connection.close()
    return int(row[0] or 0) if row else 0
