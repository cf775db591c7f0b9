"""PostgreSQL as an engine of the law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from adbc_driver_manager.dbapi import Cursor

from penstock.fields import FieldType
from penstock.quoting import quote_name
from tests.unit.segments.engines import Columns, Row, arrow_type


class Postgres:
    """A database of a server, with its time zone set to UTC; tables are kept, and emptied for other rows."""

    dialect = "postgres"

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._cursor.execute("SET TIME ZONE 'UTC'")
        self._made: dict[str, Columns] = {}

    def type_of(self, type_: FieldType) -> FieldType:
        return type_

    def held(self, value: object, type_: FieldType) -> object:
        return value

    def store(self, table: str, columns: Columns, rows: Sequence[Row]) -> None:
        stored = pa.table(
            {name: pa.array([row.get(name) for row in rows], arrow_type(type_)) for name, type_ in columns.items()}
        )
        if self._made.get(table) == columns:
            self._cursor.execute(f"DELETE FROM {quote_name(table)}")
        else:
            names = ", ".join(f"{quote_name(name)} {_type(type_)}" for name, type_ in columns.items())
            self._cursor.execute(f"DROP TABLE IF EXISTS {quote_name(table)}")
            self._cursor.execute(f"CREATE TABLE {quote_name(table)} ({names})")
            self._made[table] = columns
        self._cursor.adbc_ingest(table, stored, mode="append")

    def answers(self, sql: str) -> list[Any]:
        self._cursor.execute(sql)
        return [value for (value,) in self._cursor.fetchall()]


def _type(type_: FieldType) -> str:
    names = {"DOUBLE": "double precision", "FLOAT": "real"}
    return names.get(type_.sql, type_.sql)
