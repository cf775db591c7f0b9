"""DuckDB's types as Penstock's field types."""

from __future__ import annotations

from duckdb.sqltypes import DuckDBPyType

from penstock.fields import FieldType, Kind

_KINDS = {
    "varchar": Kind.TEXT,
    "enum": Kind.TEXT,
    "uuid": Kind.TEXT,
    "time": Kind.TEXT,
    "time with time zone": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
    "float": Kind.FLOAT,
    "double": Kind.FLOAT,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "timestamp_s": Kind.TIMESTAMP,
    "timestamp_ms": Kind.TIMESTAMP,
    "timestamp_ns": Kind.TIMESTAMP,
    "timestamp with time zone": Kind.INSTANT,
    "list": Kind.LIST,
    "array": Kind.LIST,
    "struct": Kind.STRUCT,
    "map": Kind.MAP,
} | dict.fromkeys(
    (
        "tinyint",
        "smallint",
        "integer",
        "bigint",
        "hugeint",
        "utinyint",
        "usmallint",
        "uinteger",
        "ubigint",
        "uhugeint",
    ),
    Kind.INTEGER,
)


def field_type(type_: DuckDBPyType) -> FieldType:
    """Translate a DuckDB type; a list or struct with an unsupported part is itself unsupported."""
    sql = str(type_)
    kind = Kind.JSON if sql == "JSON" else _KINDS.get(type_.id, Kind.UNSUPPORTED)
    members: tuple[tuple[str, FieldType], ...] = ()
    if kind is Kind.LIST:
        members = (("element", field_type(_child(type_, 0))),)
    elif kind is Kind.MAP:
        members = (("key", field_type(_child(type_, 0))), ("value", field_type(_child(type_, 1))))
    elif kind is Kind.STRUCT:
        members = tuple((name, field_type(part)) for name, part in type_.children if isinstance(part, DuckDBPyType))
    if any(part.kind is Kind.UNSUPPORTED for _, part in members):
        kind = Kind.UNSUPPORTED
    return FieldType(kind=kind, sql=sql, members=members)


def _child(type_: DuckDBPyType, index: int) -> DuckDBPyType:
    part = type_.children[index][1]
    if not isinstance(part, DuckDBPyType):
        raise TypeError(f"unexpected parts of type {type_}")
    return part
