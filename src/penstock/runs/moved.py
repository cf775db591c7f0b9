"""Who entered before a run and who left, read from what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from penstock.errors import StorageError
from penstock.ledger.moves import Earlier, members_outside_sql
from penstock.plan.records import records_errors
from penstock.quoting import quote_text
from penstock.runs.home import Home
from penstock.runs.kept import kept_plan

_AT_ONCE = 10_000


def keys_moved(
    reader: duckdb.DuckDBPyConnection, home: Home, run: str, activation: str, *, entered: bool
) -> Iterator[str]:
    """Yield their keys as text. Raises StorageError if they are no longer kept."""
    moves = home.moves_file(run)
    if moves.exists():
        keys = f"SELECT key FROM read_parquet({quote_text(str(moves))}) WHERE entered = {entered}"
    else:
        keys = _everybody(home, run, activation)
    with records_errors(home.plan_file(run)):
        found = reader.execute(f"SELECT CAST(key AS VARCHAR) FROM ({keys}) ORDER BY key")
        while rows := found.fetchmany(_AT_ONCE):
            yield from (str(key) for (key,) in rows)


def _everybody(home: Home, run: str, activation: str) -> str:
    """SELECT of the keys of all members of a first run, in which all of them entered."""
    kept = kept_plan(home, run, activation)
    records, aside = home.plan_file(run), home.set_aside_file(run)
    if kept is None or not records.exists():
        raise StorageError(
            f"What run {run} sent is no longer kept, nor who entered and who left before it.",
            fix="The report still tells how many they were.",
            code="members_not_kept",
        )
    return members_outside_sql(Earlier(plan=kept[0], records=records, set_aside=aside if aside.exists() else None))
