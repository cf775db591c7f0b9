"""The engine's types as field types."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from penstock.fields import FieldType, Kind
from penstock.warehouses.types import field_type


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def type_of(connection: duckdb.DuckDBPyConnection, sql: str) -> FieldType:
    return field_type(connection.sql(f"SELECT CAST(NULL AS {sql}) AS x").types[0])


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("VARCHAR", Kind.TEXT),
        ("ENUM('a', 'b')", Kind.TEXT),
        ("UUID", Kind.TEXT),
        ("TIME", Kind.TEXT),
        ("TIMETZ", Kind.TEXT),
        ("BOOLEAN", Kind.BOOLEAN),
        ("UHUGEINT", Kind.INTEGER),
        ("UTINYINT", Kind.INTEGER),
        ("FLOAT", Kind.FLOAT),
        ("DOUBLE", Kind.FLOAT),
        ("DECIMAL(38,10)", Kind.DECIMAL),
        ("DATE", Kind.DATE),
        ("TIMESTAMP", Kind.TIMESTAMP),
        ("TIMESTAMP_S", Kind.TIMESTAMP),
        ("TIMESTAMP_MS", Kind.TIMESTAMP),
        ("TIMESTAMP_NS", Kind.TIMESTAMP),
        ("TIMESTAMPTZ", Kind.INSTANT),
        ("JSON", Kind.JSON),
        ("BLOB", Kind.UNSUPPORTED),
        ("INTERVAL", Kind.UNSUPPORTED),
        ("BIT", Kind.UNSUPPORTED),
        ("UNION(a INTEGER, b VARCHAR)", Kind.UNSUPPORTED),
        ("BLOB[]", Kind.UNSUPPORTED),
        ("STRUCT(a STRUCT(b INTERVAL))", Kind.UNSUPPORTED),
    ],
)
def test_kinds(connection: duckdb.DuckDBPyConnection, sql: str, kind: Kind) -> None:
    assert type_of(connection, sql).kind is kind


@pytest.mark.parametrize("sql", ["INTEGER[]", "INTEGER[3]"])
def test_lists_and_arrays_have_an_element(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    type_ = type_of(connection, sql)
    assert (type_.kind, str(type_)) == (Kind.LIST, "list of integer")


def test_parts_of_structs_and_maps(connection: duckdb.DuckDBPyConnection) -> None:
    struct = type_of(connection, 'STRUCT(a INTEGER, "b ""c" JSON[])')
    assert [(name, part.kind) for name, part in struct.members] == [("a", Kind.INTEGER), ('b "c', Kind.LIST)]
    assert struct.members[1][1].members[0][1].kind is Kind.JSON
    mapping = type_of(connection, "MAP(VARCHAR, DOUBLE)")
    assert [(name, part.kind) for name, part in mapping.members] == [("key", Kind.TEXT), ("value", Kind.FLOAT)]


@pytest.mark.parametrize("sql", ["DECIMAL(18,3)", "TIMESTAMPTZ", "ENUM('it''s', 'b')", "UHUGEINT"])
def test_the_name_of_a_type_can_be_cast_to(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    type_ = type_of(connection, sql)
    assert type_of(connection, type_.sql) == type_
