"""The embedded engine (DuckDB): opening it with limits, and telling its failures apart. Knows no table."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from penstock.errors import StorageError
from penstock.quoting import quote_name, quote_text

DAMAGE_MARKS = ("not a valid duckdb", "corrupt", "could not read enough bytes", "checksum")
GIVEN_BACK = "32MB"
"""So much freed memory is given back to the system at once; the engine's own 512MB come on top of its limit."""
DISK_FULL_MARKS = ("no space left", "max_temp_directory_size", "disk quota", "file too large")


def open_engine(
    *, memory: str = "1GB", threads: int | None = None, scratch: Path | None = None, ordered: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open an engine that keeps nothing: UTC, no extension fetched, spilling into `scratch` when given.

    `ordered` makes it keep the order of what it reads, at the price of memory while it writes.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "preserve_insertion_order": ordered,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(scratch) if scratch else "",
        "allocator_bulk_deallocation_flush_threshold": GIVEN_BACK,
    }
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool) -> None:
    """Attach a database file under a name. Raises duckdb.Error."""
    options = "(READ_ONLY)" if read_only else ""
    connection.execute(f"ATTACH {quote_text(str(path))} AS {quote_name(name)} {options}")


@contextmanager
def state_errors(doing: str) -> Iterator[None]:
    """Turn failures of disk, rights and memory into StorageError; `doing` completes "Penstock could not …".

    Damage passes through: see `is_damage`.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(doing, error) from error
    except duckdb.Error as error:
        if _is_disk_full(str(error)):
            raise _disk_full(doing) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise StorageError(
                f"Penstock could not {doing}: the memory it may use is not enough.",
                fix="Raise `settings: memory:` in the project (1GB is the default), then run again.",
                code="out_of_memory",
            ) from error
        if isinstance(error, duckdb.IOException) and not is_damage(error):
            raise storage_error(doing, error) from error
        raise


def is_damage(error: duckdb.Error) -> bool:
    """Whether a database file turns out to be damaged; whose file it is, the caller must know."""
    # A wrong checksum has no class of its own; the words of others may quote values of the source.
    of_a_file = isinstance(error, (duckdb.IOException, duckdb.FatalException)) or type(error) is duckdb.Error
    return of_a_file and any(mark in str(error).lower() for mark in DAMAGE_MARKS)


def storage_error(doing: str, error: Exception) -> StorageError:
    """Make a StorageError of a failure to read or write Penstock's own files."""
    text = str(error)
    if (isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}) or _is_disk_full(
        text
    ):
        return _disk_full(doing)
    denied = isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno == errno.EROFS)
    if denied or "permission denied" in text.lower() or "read-only file system" in text.lower():
        return StorageError(
            f"Penstock could not {doing}: the folder cannot be written ({first_line(text)}).",
            fix="Give the user who runs Penstock the right to write into the project's .penstock folder.",
            code="not_writable",
        )
    return StorageError(
        f"Penstock could not {doing}: {first_line(text)}.",
        fix="Look at the disk and at the project's .penstock folder, then run again; nothing confirmed is lost.",
        code="storage",
    )


def _is_disk_full(text: str) -> bool:
    return any(mark in text.lower() for mark in DISK_FULL_MARKS)


def _disk_full(doing: str) -> StorageError:
    return StorageError(
        f"Penstock could not {doing}: the disk is full.",
        fix="Free some space, then run again; what the destination has confirmed so far is kept.",
        code="disk_full",
    )


def first_line(text: str) -> str:
    """The first line of an engine's error, which says what is wrong; the others quote the statement."""
    return text.strip().splitlines()[0].rstrip(".") if text.strip() else "unknown reason"
