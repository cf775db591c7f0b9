"""Changing a plan before anything of it is sent, by what the destination says: with an engine of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.engine import open_engine, state_errors
from penstock.runs.home import Home

MEMORY = "256MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """What it takes to write a plan's records anew; `scratch` is for what does not outlive that, `to` for them."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    to: Path


@contextmanager
def rewriting(home: Home, run: str, path: Path) -> Iterator[Rewriting]:
    """Whatever stands in `to` at the end of the block replaces the run's records at `path`. Raises StorageError."""
    to = path.with_suffix(".rewritten")
    with (
        home.scratch(f"rewriting-{run}") as scratch,
        closing(open_engine(memory=MEMORY, threads=1, scratch=scratch)) as connection,
    ):
        yield Rewriting(connection=connection, scratch=scratch, to=to)
    with state_errors("write the plan"):
        if to.exists():
            to.replace(path)
