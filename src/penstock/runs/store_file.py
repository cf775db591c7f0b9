"""The file of the run store (SQLite): opening it, and telling its failures apart. Knows no run."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penstock.engine import storage_error
from penstock.errors import StorageError


def open_store_file(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the file so that every write is durable. Raises sqlite3.DatabaseError, OSError, StorageError."""
    if path.is_dir():
        raise _damaged(path, "open the run store", "a folder lies in its place")
    if read_only:
        return _for_reading(path)
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _for_reading(path: Path) -> sqlite3.Connection:
    """Open the file beside whoever writes it; where nobody can write, such as in a copy, as it lies there."""
    log = path.with_name(f"{path.name}-wal")
    lies_still = not os.access(path.parent, os.W_OK) and not log.exists()
    mode = "mode=ro&immutable=1" if lies_still else "mode=ro"
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)


@contextmanager
def store_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn what goes wrong with the store's file into StorageError; `doing` completes "Penstock could not …"."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        text = str(error)
        if "full" in text:
            raise storage_error(doing, OSError(28, text)) from error
        if "locked" in text:
            raise StorageError(
                f"Penstock could not {doing}: another program holds it for too long.",
                fix="See what else uses the project's .penstock folder, then run again.",
                code="store_busy",
            ) from error
        if "disk I/O error" in text:
            raise StorageError(
                f"Penstock could not {doing}: the disk does not take or give what is written there.",
                fix="See whether it is full or failing, then run again; what is confirmed is kept.",
            ) from error
        if "readonly" in text or "unable to open" in text:
            raise storage_error(doing, PermissionError(13, text)) from error
        raise _damaged(path, doing, text) from error
    except (ValueError, TypeError) as error:
        raise _damaged(path, doing, "its content is damaged") from error
    except OSError as error:
        raise storage_error(doing, error) from error


def _damaged(path: Path, doing: str, why: str) -> StorageError:
    name = path.name
    return StorageError(
        f"Penstock could not {doing}: {why}.",
        fix=f"Put a copy of {name} back into the project's .penstock folder. If there is none, move {name} and"
        " the files whose names begin with it aside, and run each activation once with `--full`.",
        code="store_damaged",
    )
