"""The unit: DuckDB hashing every compared column of the desired and the confirmed records once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

import duckdb

from benchmarks import meter
from benchmarks.data import FIELDS, TABLE
from penstock.engine import attach, open_engine

TIMES = 3
_BOOKKEEPING = {"member", "remote_id", "confirmed_at", "run"}


def scan(source: Path, ledger: Path, *, memory: str, threads: int | None) -> dict[str, float]:
    """Return the median CPU and wall seconds of scanning both, and the CPU of the desired side alone."""
    connection = open_engine(memory=memory, threads=threads)
    try:
        attach(connection, source, "desired", read_only=True)
        attach(connection, ledger, "confirmed", read_only=True)
        rounds = [
            (
                _hash(connection, f"desired.{TABLE}", desired_columns()),
                _hash(connection, "confirmed.confirmed", _compared(connection)),
            )
            for _ in range(TIMES)
        ]
    finally:
        connection.close()
    return {
        "cpu": median(mine.cpu + theirs.cpu for mine, theirs in rounds),
        "wall": median(mine.wall + theirs.wall for mine, theirs in rounds),
        "desired_cpu": median(mine.cpu for mine, _ in rounds),
        "confirmed_wall": median(theirs.wall for _, theirs in rounds),
    }


def desired_columns() -> list[str]:
    """Return the columns that the desired records are made of."""
    return ["customer_id", "email", *FIELDS]


def _compared(connection: duckdb.DuckDBPyConnection) -> list[str]:
    columns = [str(row[0]) for row in connection.execute("DESCRIBE confirmed.confirmed").fetchall()]
    return [name for name in columns if name not in _BOOKKEEPING and not name.startswith("s")]


def _hash(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> meter.Reading:
    before = meter.read()
    connection.execute(f"SELECT bit_xor(hash({', '.join(columns)})) FROM {table}").fetchall()
    return meter.read().since(before)
