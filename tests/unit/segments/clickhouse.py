"""ClickHouse as an engine of the law: the whole of it in this process, through chdb."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from penstock.fields import FieldType, Kind
from tests.unit.segments.engines import Columns, Row

_TYPES = {
    Kind.TEXT: "String",
    Kind.INTEGER: "Int64",
    Kind.BOOLEAN: "Bool",
    Kind.DATE: "Date32",
    Kind.TIMESTAMP: "DateTime64(6)",
    Kind.INSTANT: "DateTime64(6, 'UTC')",
}
_FIRST, _LAST = date(1900, 1, 1), date(2299, 12, 31)
_DIGITS = {"DECIMAL(10,2)": "Decimal(10, 2)"}


class ClickHouse:
    """A session of ClickHouse."""

    dialect = "clickhouse"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._made: set[str] = set()

    def type_of(self, type_: FieldType) -> FieldType:
        return type_

    def held(self, value: object, type_: FieldType) -> object:
        """Dates beyond its own become the nearest; there is no list that is null."""
        if value is None and type_.kind is Kind.LIST:
            return []
        if isinstance(value, datetime):
            day = value.date()
            return value if _FIRST <= day <= _LAST else value.replace(year=1900 if day < _FIRST else 2299)
        if isinstance(value, date) and not _FIRST <= value <= _LAST:
            return min(max(value, _FIRST), _LAST)
        return value

    def store(self, table: str, columns: Columns, rows: Sequence[Row]) -> None:
        if table not in self._made:
            described = ", ".join(f"`{name}` {_type(type_)}" for name, type_ in columns.items())
            self._session.query(f"CREATE OR REPLACE TABLE `{table}` ({described}) ENGINE = Memory")
            self._made.add(table)
        self._session.query(f"TRUNCATE TABLE `{table}`")
        if rows:
            values = ", ".join(
                f"({', '.join(_literal(row.get(name), type_) for name, type_ in columns.items())})" for row in rows
            )
            self._session.query(f"INSERT INTO `{table}` VALUES {values}")

    def answers(self, sql: str) -> list[Any]:
        lines = str(self._session.query(sql, "JSONCompactEachRow")).splitlines()
        return [json.loads(line)[0] for line in lines]


def _type(type_: FieldType) -> str:
    if type_.kind is Kind.LIST:
        return f"Array(Nullable({_TYPES[type_.members[0][1].kind]}))"
    if type_.kind is Kind.FLOAT:
        return "Nullable(Float32)" if type_.sql == "FLOAT" else "Nullable(Float64)"
    return f"Nullable({_DIGITS.get(type_.sql) or _TYPES[type_.kind]})"


def _literal(value: Any, type_: FieldType) -> str:
    match value:
        case None:
            return "[]" if type_.kind is Kind.LIST else "NULL"
        case bool():
            return str(value).lower()
        case datetime():
            return _text((value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(sep=" "))
        case Decimal() | date():
            return _text(str(value))
        case list():
            return f"[{', '.join(_literal(each, type_.members[0][1]) for each in value)}]"
        case str():
            return _text(value)
    return repr(value)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
