"""What Iterable gets of each type of source, made by converting a value of each."""

import duckdb

from penstock.destinations.iterable.conversions import conversion_to, iterable_type, natural_conversion
from penstock.destinations.iterable.service import INSTANT_FORMAT
from penstock.fields import FieldType
from penstock.mapping.conversions import json_sql, stored_sql
from penstock.warehouses.types import field_type
from tests.docs.blocks import code, table

ZONE = "Europe/Paris"
STORED = ("string", "long", "double", "boolean", "date", "object", "nested", "geo_location")
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


def iterable_blocks() -> dict[str, str]:
    """The conversions into new fields, and what known fields take."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        types = {name: _type_of(connection, name, literal) for name, literal in SAMPLES}
        rows = [
            (code(name), code(literal), code(_sent(connection, types[name], literal)), code(_new(types[name])))
            for name, literal in SAMPLES
        ]
    takes = []
    for stored in STORED:
        accepted = [code(name) for name, type_ in types.items() if conversion_to(stored, type_).conversion]
        takes.append((code(stored), ", ".join(accepted)))
    return {
        "conversions": table(("Type in the source", "Value", "Iterable gets", "A new field becomes"), rows),
        "accepted types": table(("Field in Iterable", "Takes, of the types above"), takes),
    }


def _type_of(connection: duckdb.DuckDBPyConnection, name: str, literal: str) -> FieldType:
    return field_type(connection.sql(f"SELECT CAST({literal} AS {name}) AS v").types[0])


def _sent(connection: duckdb.DuckDBPyConnection, source: FieldType, literal: str) -> str:
    conversion = natural_conversion(source)
    assert conversion is not None
    stored = stored_sql(conversion, f"CAST({literal} AS {source.sql})", timezone=ZONE, instant_format=INSTANT_FORMAT)
    text = json_sql(conversion, "v", instant_format=INSTANT_FORMAT)
    row = connection.execute(f"SELECT {text} FROM (SELECT {stored} AS v)").fetchone()
    assert row is not None
    return str(row[0])


def _new(source: FieldType) -> str:
    return iterable_type(source)
