"""Values of the source's types, and what a destination gets of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import duckdb

from penstock.fields import FieldType
from penstock.mapping.conversions import Conversion, json_sql, stored_sql
from penstock.warehouses.types import field_type
from tests.docs.blocks import code

ZONE = "Europe/Paris"
SAMPLES = (
    ("VARCHAR", "'Ana'"),
    ("UUID", "'7b4ec1f8-0cb2-4cf3-9d1c-0e6f0a5d1b10'"),
    ("TIME", "'18:30:00'"),
    ("INTEGER", "42"),
    ("HUGEINT", "42"),
    ("DECIMAL(10,0)", "42"),
    ("DECIMAL(10,2)", "135.20"),
    ("DOUBLE", "135.2"),
    ("FLOAT", "0.1"),
    ("BOOLEAN", "true"),
    ("DATE", "'2026-01-31'"),
    ("TIMESTAMP", "'2026-01-31 18:30:15.7'"),
    ("TIMESTAMP WITH TIME ZONE", "'2026-01-31 18:30:15.7+01'"),
    ("VARCHAR[]", "['a', 'b']"),
    ("STRUCT(city VARCHAR, zip VARCHAR)", "{'city': 'Lyon', 'zip': '69001'}"),
    ("STRUCT(lat DOUBLE, lon DOUBLE)", "{'lat': 45.76, 'lon': 4.84}"),
    ("STRUCT(sku VARCHAR, amount INTEGER)[]", "[{'sku': 'A-1', 'amount': 2}]"),
    ("MAP(VARCHAR, INTEGER)", "MAP {'a': 1}"),
    ("JSON", """'{"a": [1, 2]}'"""),
)


Sent = Callable[[Conversion, str], str]
"""The JSON text of a literal once it is converted."""


@contextmanager
def converting(*, instant_format: str) -> Iterator[tuple[Mapping[str, FieldType], Sent]]:
    """The types of the samples by name, and the way to convert a value."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")

        def sent(conversion: Conversion, literal: str) -> str:
            value = f"CAST({literal} AS {conversion.source.sql})"
            stored = stored_sql(conversion, value, timezone=ZONE, instant_format=instant_format)
            text = json_sql(conversion, "v", instant_format=instant_format)
            row = connection.execute(f"SELECT {text} FROM (SELECT {stored} AS v)").fetchone()
            assert row is not None
            return str(row[0])

        yield {name: _type_of(connection, name, literal) for name, literal in SAMPLES}, sent


def takers(types: Mapping[str, FieldType], takes: Callable[[FieldType], object]) -> str:
    """The types among the samples that something takes."""
    return ", ".join(code(name) for name, type_ in types.items() if takes(type_) is not None)


def _type_of(connection: duckdb.DuckDBPyConnection, name: str, literal: str) -> FieldType:
    return field_type(connection.sql(f"SELECT CAST({literal} AS {name}) AS v").types[0])
