"""The engines that the law of the compiler is tried on: each stores tables and answers queries.

Another engine is one more class with these four methods, and one more fixture in `conftest.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from penstock.fields import FieldType, Kind

Row = Mapping[str, Any]
Columns = Mapping[str, FieldType]

_ARROW = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    Kind.INTEGER: pa.int64(),
    Kind.TEXT: pa.string(),
}


class Engine(Protocol):
    """One engine, with its time zone set to UTC."""

    dialect: str

    def type_of(self, type_: FieldType) -> FieldType:
        """Return the type that a source of this engine gives a column of one of DuckDB's types."""

    def held(self, value: object, type_: FieldType) -> object:
        """Return what a value of one of DuckDB's types is once it is stored; the value itself, if it can be held."""

    def store(self, table: str, columns: Columns, rows: Sequence[Row]) -> None:
        """Give a table these columns, of types that `type_of` returned, and these rows instead of what it had."""

    def answers(self, sql: str) -> list[Any]:
        """Return the values of the only column of a query, in its order."""


class DuckDb:
    """DuckDB in memory."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def type_of(self, type_: FieldType) -> FieldType:
        return type_

    def held(self, value: object, type_: FieldType) -> object:
        return value

    def store(self, table: str, columns: Columns, rows: Sequence[Row]) -> None:
        arrow = pa.table(
            {name: pa.array([row.get(name) for row in rows], arrow_type(type_)) for name, type_ in columns.items()}
        )
        self._connection.register("arrow", arrow)
        self._connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS SELECT * FROM arrow')
        self._connection.unregister("arrow")

    def answers(self, sql: str) -> list[Any]:
        return [value for (value,) in self._connection.execute(sql).fetchall()]


def arrow_type(type_: FieldType) -> pa.DataType:
    """Return the type of Arrow for a column of one of DuckDB's types."""
    if type_.kind is Kind.LIST:
        return pa.list_(arrow_type(type_.members[0][1]))
    if type_.kind is Kind.DECIMAL:
        width, scale = type_.sql.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return pa.decimal128(int(width), int(scale))
    if type_.kind is Kind.FLOAT:
        return pa.float32() if type_.sql == "FLOAT" else pa.float64()
    return _ARROW[type_.kind]
