"""The records of a plan as a relation. A record's number is its place in the file, which never changes.

Each route has a range of numbers of its own, so that what is said of a range concerns one route only. Numbering the
rows while they are written would be in vain: the engine writes them in any order.
"""

from __future__ import annotations

from pathlib import Path

from penstock.plan.plan import SENT
from penstock.plan.routes import number_sql
from penstock.quoting import quote_text


def records_sql(path: Path) -> str:
    """SQL of a plan's rows, with `seq`: the number of a record that is sent, null for the others."""
    sent = ", ".join(quote_text(op) for op in SENT)
    number = f"CASE WHEN op IN ({sent}) THEN {number_sql('file_row_number', 'route')} END AS seq"
    rows = f"read_parquet({quote_text(str(path))}, file_row_number = true)"
    return f"(SELECT {number}, * EXCLUDE (file_row_number) FROM {rows})"
