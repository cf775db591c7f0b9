"""Opening the database in which an emulator keeps its state."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penstock.sandbox.errors import SandboxError


@contextmanager
def state_errors(directory: Path | None) -> Iterator[None]:
    """Say of a state that cannot be kept what to do about it."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise SandboxError(
            f"The sandbox cannot keep its state in {directory}: {error}.",
            "Give a directory that can be written, and that no other sandbox uses.",
        ) from error


def open_state(directory: Path | None, emulator: str, tables: str) -> sqlite3.Connection:
    """Open an emulator's database, in memory without a directory. Raises OSError and sqlite3.Error."""
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(directory / f"{emulator}.sqlite" if directory else ":memory:", timeout=1)
    database.isolation_level = None
    # One sandbox per state: a second one would not see what the first holds in memory.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(tables)
    return database
