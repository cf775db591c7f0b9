"""A plan's file that is no longer what it was is said to be damaged, wherever the damage is."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb

from penstock.errors import StorageError
from penstock.plan.records import FILE_FORMAT, records_errors, records_sql

ROWS = "SELECT range AS key, 'create' AS op, 0::TINYINT AS route, concat('x', range) AS f0 FROM range(300)"


def test_every_damage_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({ROWS}) TO '{path}' ({FILE_FORMAT})")
        whole = path.read_bytes()
        told = [_told(connection, path, whole, seed) for seed in range(60)]
    assert set(told) <= {"plan_damaged", None}
    assert told.count("plan_damaged") > 30


def _told(connection: duckdb.DuckDBPyConnection, path: Path, whole: bytes, seed: int) -> str | None:
    """Change every hundredth byte and read; gives the code of the error, None if nobody noticed."""
    chance, garbled = random.Random(seed), bytearray(whole)
    for place in chance.sample(range(4, len(garbled) - 4), len(garbled) // 100):
        garbled[place] ^= chance.randrange(1, 256)
    path.write_bytes(garbled)
    try:
        with records_errors(path):
            connection.execute(f"SELECT count(*), max(f0) FROM {records_sql(path)}").fetchall()
    except StorageError as error:
        return error.code
    return None
