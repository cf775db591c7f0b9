"""The shop's database: a DuckDB file that the demo fills, changes and counts; Penstock only reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from demo.dirt import soil
from demo.people import ZOE, Row, customers, orders

_MONEY = pa.decimal128(10, 2)
_CUSTOMERS = pa.schema(
    {
        "customer_id": pa.int64(),
        "email": pa.string(),
        "first_name": pa.string(),
        "last_name": pa.string(),
        "phone": pa.string(),
        "country": pa.string(),
        "status": pa.string(),
        "plan": pa.string(),
        "newsletter": pa.bool_(),
        "vip": pa.bool_(),
        "born_on": pa.date32(),
        "last_seen_at": pa.timestamp("us"),
        "score": pa.float64(),
        "store_credit": _MONEY,
        "tags": pa.list_(pa.string()),
        "address": pa.struct({"street": pa.string(), "city": pa.string(), "postcode": pa.string()}),
    }
)
_ORDERS = pa.schema(
    {
        "order_id": pa.int64(),
        "customer_id": pa.int64(),
        "ordered_at": pa.timestamp("us"),
        "total": _MONEY,
    }
)


class Shop:
    """A shop in a file; it is open only while it is asked, so that runs can read it."""

    def __init__(self, path: Path, anna: int) -> None:
        self._path = path
        self.anna = anna
        """The customer whose address is `anna@`."""

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query."""
        with self._open() as connection:
            return connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        """The one whole number that a query gives."""
        number = self.ask(sql)[0][0]
        assert isinstance(number, int)
        return number

    def change(self, sql: str) -> int:
        """Execute a statement; return how many rows it changed."""
        return self.count(sql)

    def add_customers(self, rows: Sequence[Row]) -> None:
        """Insert customers."""
        with self._open() as connection:
            _insert(connection, "customers", _CUSTOMERS, rows)

    @contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self._path)) as connection:
            yield connection


def make_shop(path: Path) -> Shop:
    """Fill a new file with customers and orders; the same ones every time."""
    people = customers()
    people[ZOE - 1].update(
        email=" Zoe.OBrien@Example.COM",
        first_name="Zoë",
        last_name="O'Brien",
        phone="+33 6 12 34 56 78",
        status="active",
        plan="pro",
        newsletter=True,
    )
    shop = Shop(path, soil(people))
    with duckdb.connect(str(path)) as connection:
        _insert(connection, "customers", _CUSTOMERS, people)
        _insert(connection, "orders", _ORDERS, orders())
    return shop


def _insert(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, rows: Sequence[Row]) -> None:
    columns = [pa.array([_decimal(row[field.name], field.type) for row in rows], field.type) for field in schema]
    connection.register("incoming", pa.Table.from_arrays(columns, schema=schema))
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} AS FROM incoming LIMIT 0")
    connection.execute(f"INSERT INTO {table} FROM incoming")
    connection.unregister("incoming")


def _decimal(value: object, type_: pa.DataType) -> object:
    return Decimal(str(value)) if type_ == _MONEY else value
