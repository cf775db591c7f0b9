"""One connection: a transaction that only reads, of one snapshot, whose answers do not depend on its surroundings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from penstock.catalog.entities import Model, Source
from penstock.errors import PenstockError, SourceError
from penstock.warehouses.postgres.address import address_of
from penstock.warehouses.postgres.refusals import not_connected, not_read

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL DateStyle = 'ISO, MDY'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL standard_conforming_strings = on",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
"""The search path stays the user's."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Runs single statements; every method raises what `refusals` makes of a failure."""

    source: Source
    connection: Connection
    cursor: Cursor

    def begin(self) -> None:
        """Begin the transaction; its snapshot is that of the first query."""
        for statement in _BEGIN:
            self._told(partial(self.cursor.execute, statement), None)

    def schema(self, sql: str, model: Model) -> pa.Schema:
        """Return the columns of a statement without running it."""
        return self._told(lambda: self.cursor.adbc_execute_schema(sql), model, described=False)

    def columns(self, sql: str, model: Model) -> pa.Schema:
        """Return the columns of a query that is run, and so may be; it has few rows."""
        return self._begun(sql, model, described=False).schema

    def rows(self, sql: str, model: Model | None = None) -> list[tuple[object, ...]]:
        """Return all rows of a small result."""
        batches = list(self.batches(sql, model))
        return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch), strict=True)]

    def batches(self, sql: str, model: Model | None = None) -> Iterator[pa.RecordBatch]:
        """Return rows as they arrive, some megabytes at a time."""
        reader = self._begun(sql, model)
        while (batch := self._told(lambda: next(reader, None), model)) is not None:
            yield batch

    def _begun(self, sql: str, model: Model | None, *, described: bool = True) -> pa.RecordBatchReader:
        def begun() -> pa.RecordBatchReader:
            self.cursor.execute(sql)
            return self.cursor.fetch_record_batch()

        return self._told(begun, model, described=described)

    def close(self) -> None:
        """End the transaction and the connection."""
        with contextlib.suppress(*_failures()):
            self.cursor.close()
        with contextlib.suppress(*_failures()):
            self.connection.close()

    def _told(self, asked: Callable[[], _T], model: Model | None, *, described: bool = True) -> _T:
        try:
            return asked()
        except _failures() as error:
            raise not_read(self.source, model, error, described=described) from error


def open_session(source: Source) -> Session:
    """Connect and begin to read. Raises SourceError, ConfigurationError."""
    address = address_of(source)
    try:
        from adbc_driver_postgresql import dbapi  # only whoever has such a source needs it
    except ImportError as error:
        raise SourceError(
            f"Source `{source.name}`: what reads PostgreSQL is not installed.",
            fix="Install it with `pip install 'penstock[postgres]'`, then run again.",
            code="source_extra_missing",
        ) from error
    try:
        connection = dbapi.connect(address.url, autocommit=True)
    except _failures() as error:
        raise not_connected(source, address, error) from None  # the driver's own words may hold the password
    session = Session(source=source, connection=connection, cursor=connection.cursor())
    try:
        session.begin()
    except PenstockError:
        session.close()
        raise
    return session


def _failures() -> tuple[type[Exception], ...]:
    """What the driver raises; in the middle of a stream it has no class of its own."""
    from adbc_driver_manager import Error

    return (Error, pa.ArrowException, OSError, RuntimeError)
