"""PostgreSQL's types: what Penstock takes a column for, how it stands in queries, and how it arrives in the engine.

What has no plain counterpart stands in queries as text, and every text in the database's own collation, so that two
of them can be compared. Numbers of PostgreSQL arrive as text and are read exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from penstock.fields import Field, FieldType, Kind
from penstock.quoting import quote_name, quote_text

_PLAIN = {
    "bool": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "int2": FieldType(kind=Kind.INTEGER, sql="SMALLINT"),
    "int4": FieldType(kind=Kind.INTEGER, sql="INTEGER"),
    "int8": FieldType(kind=Kind.INTEGER, sql="BIGINT"),
    "oid": FieldType(kind=Kind.INTEGER, sql="BIGINT"),
    "float4": FieldType(kind=Kind.FLOAT, sql="FLOAT"),
    "float8": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "date": FieldType(kind=Kind.DATE, sql="DATE"),
    "timestamp": FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP"),
    "timestamptz": FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE"),
    "json": FieldType(kind=Kind.JSON, sql="JSON"),
    "jsonb": FieldType(kind=Kind.JSON, sql="JSON"),
}
_TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
_FLOAT = FieldType(kind=Kind.FLOAT, sql="DOUBLE")
_TEXTS = frozenset({"text", "varchar", "bpchar", "char", "name", "citext", "uuid", "xml", "unknown"})
_AS_TEXT = frozenset({"time", "timetz", "inet", "cidr", "macaddr", "macaddr8"})
_MOST_DIGITS = 38
_FIRST = {"DATE": "DATE '4715-01-01 (BC)'", "TIMESTAMP": "TIMESTAMP '4715-01-01 (BC)'"}
"""Before it PostgreSQL knows no time: what arrives from there is infinity, of which the format knows nothing."""
_NEVER = {"DATE": "DATE '5877612-06-22 (BC)'", "TIMESTAMP": "TIMESTAMP '290279-12-22 (BC) 19:59:05.224192'"}
"""As what minus infinity arrives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a model in PostgreSQL; `source_type` is its name there."""

    field: Field
    source_type: str

    @property
    def _quoted(self) -> str:
        return quote_name(self.field.name)

    def lent(self) -> str:
        """SQL of PostgreSQL for the column as it stands in queries."""
        kind, sql = self.field.type.kind, self._quoted
        if kind is Kind.TEXT:
            sql = f'CAST({sql} AS text) COLLATE "default"'
        elif kind is Kind.JSON:
            sql = f"CAST({sql} AS text)"
        elif self.source_type == "oid":
            sql = f"CAST({sql} AS int8)"
        elif kind is Kind.LIST:
            sql = f"CAST({sql} AS text[])" if self.field.type.members[0][1].kind is Kind.TEXT else sql
            sql = f"({sql})[:]"  # counted from 1 on, which the driver insists on
        return sql if sql == self._quoted else f"{sql} AS {self._quoted}"

    def sent(self) -> str:
        """SQL of PostgreSQL for the column as it leaves the database, of a query over what is lent."""
        if self._is_numeric:
            type_ = "text[]" if self.field.type.kind is Kind.LIST else "text"
        elif self.field.type.kind is Kind.UNSUPPORTED:
            type_ = "text"
        else:
            return self._quoted
        return f"CAST({self._quoted} AS {type_}) AS {self._quoted}"

    @property
    def stored_type(self) -> str:
        """The engine's type for what arrives."""
        return "VARCHAR" if self.field.type.kind is Kind.UNSUPPORTED else self.field.type.sql

    def arrived(self) -> str:
        """SQL of the engine for the value, of what left the database."""
        type_ = self.field.type
        if type_.kind is not Kind.LIST:
            return self._read(self._quoted, type_)
        read = self._read("x", type_.members[0][1])
        return self._quoted if read == "x" else f"list_transform({self._quoted}, lambda x: {read})"

    @property
    def _is_numeric(self) -> bool:
        return self.source_type in {"numeric", "_numeric"}

    def _read(self, value: str, type_: FieldType) -> str:
        if self._is_numeric:
            return self._exact(value, type_)
        if type_.kind is Kind.JSON:
            return f"CAST({value} AS JSON)"
        if type_.kind not in {Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT}:
            return value
        name = "DATE" if type_.kind is Kind.DATE else "TIMESTAMP"
        first, never, zoned = _FIRST[name], _NEVER[name], "TZ" if type_.kind is Kind.INSTANT else ""
        first, never = (text.replace("TIMESTAMP '", f"TIMESTAMP{zoned} '") for text in (first, never))
        infinity = f"CAST(CASE WHEN {value} = {never} THEN '-infinity' ELSE 'infinity' END AS {name}{zoned})"
        return f"CASE WHEN {value} IS NULL OR {value} >= {first} THEN {value} ELSE {infinity} END"

    def _exact(self, value: str, type_: FieldType) -> str:
        """Read a number from its digits, or tell that it cannot be had exactly."""
        if type_.kind is not Kind.FLOAT:
            return f"CASE WHEN {value} = 'NaN' THEN {self._error('holds NaN')} ELSE CAST({value} AS {type_.sql}) END"
        whole = f"regexp_matches({value}, '^-?[0-9]{{16,}}([.]0*)?$')"
        digits = f"split_part({value}, '.', 1)"
        exact = f"TRY_CAST({digits} AS HUGEINT) = TRY_CAST(CAST({value} AS DOUBLE) AS HUGEINT)"
        told = self._error("holds a whole number that is too long to be kept exactly")
        altered = f"length({value}) > 15 AND {whole} AND ({exact}) IS NOT TRUE"
        return f"CASE WHEN {altered} THEN {told} ELSE CAST({value} AS {type_.sql}) END"

    def _error(self, what: str) -> str:
        return f"error({quote_text(f'column `{self.field.name}` {what}')})"


def column_of(field: pa.Field) -> Column:
    """Return a column of a result, which the driver describes."""
    metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    name = metadata.get("POSTGRESQL:type", "")
    if name.startswith("_") and pa.types.is_list(field.type):
        element = _type(name[1:], field.type.value_type, -1)
        supported = element.kind not in {Kind.UNSUPPORTED, Kind.JSON}
        type_ = FieldType(
            kind=Kind.LIST if supported else Kind.UNSUPPORTED,
            sql=f"{element.sql}[]",
            members=(("element", element),) if supported else (),
        )
    else:
        type_ = _type(name, field.type, int(metadata.get("POSTGRESQL:typmod", -1)))
    return Column(field=Field(name=field.name, type=type_), source_type=name)


def _type(name: str, arrow: pa.DataType, modifier: int) -> FieldType:
    if name in _PLAIN:
        return _PLAIN[name]
    if name == "numeric":
        return _numeric(modifier)
    # What the driver reads as text and is none of the types it knows is an enumeration.
    is_enumeration = pa.types.is_string(arrow)
    return (
        _TEXT
        if name in _TEXTS | _AS_TEXT or is_enumeration
        else FieldType(kind=Kind.UNSUPPORTED, sql="another type" if name.startswith("unnamed") else name)
    )


def _numeric(modifier: int) -> FieldType:
    """Return the type of NUMERIC(p, s), whose digits stand in a number; without them it may be of any size."""
    if modifier < 4:
        return _FLOAT
    digits, scale = (modifier - 4) >> 16, ((modifier - 4) & 0x7FF ^ 1024) - 1024
    digits, scale = max(digits - min(scale, 0), scale + 1), max(scale, 0)
    return FieldType(kind=Kind.DECIMAL, sql=f"DECIMAL({digits},{scale})") if digits <= _MOST_DIGITS else _FLOAT
