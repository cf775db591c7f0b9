"""Where the time of a step goes: CPU seconds of each statement that the embedded engine is given."""

from __future__ import annotations

from typing import Any

import duckdb

from benchmarks import meter
from penstock import engine
from penstock.operations import reading
from penstock.runs import closing

_LONGEST = 180


class Recorded:
    """A connection that notes what each statement took, up to the fetching of its result."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notes: list[dict[str, object]]) -> None:
        self._connection = connection
        self._notes = notes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        """Execute a statement."""
        before = meter.read()
        result = self._connection.execute(statement, *parameters)
        passed = meter.read().since(before)
        self._notes.append({**passed.to_json(), "peak": meter.peak_megabytes(), "statement": _shortened(statement)})
        return result


def record_statements() -> list[dict[str, object]]:
    """From now on, note the statements of comparing and folding in the list that is returned."""
    notes: list[dict[str, object]] = []
    opener = engine.open_engine

    def open_recorded(**options: Any) -> Any:
        return Recorded(opener(**options), notes)

    for module in (reading, closing):
        module.__dict__["open_engine"] = open_recorded
    return notes


def _shortened(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
