"""SQLite as an engine of the law, with the two functions that its dialect expects."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import md5
from typing import Any

from penstock.fields import FieldType
from tests.unit.segments.engines import Columns, Row


class Sqlite:
    """SQLite in memory."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.create_function("lower", 1, _lower, deterministic=True)
        self._connection.create_function("md5", 1, _md5, deterministic=True)

    def type_of(self, type_: FieldType) -> FieldType:
        return type_

    def held(self, value: object, type_: FieldType) -> object:
        """NaN becomes null there."""
        return None if isinstance(value, float) and math.isnan(value) else value

    def store(self, table: str, columns: Columns, rows: Sequence[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self._connection.execute(f'DROP TABLE IF EXISTS "{table}"')
        self._connection.execute(f'CREATE TABLE "{table}" ({names})')
        self._connection.executemany(
            f'INSERT INTO "{table}" VALUES ({", ".join("?" for _ in columns)})',
            [[_stored(row.get(name), type_) for name, type_ in columns.items()] for row in rows],
        )

    def answers(self, sql: str) -> list[Any]:
        return [value for (value,) in self._connection.execute(sql).fetchall()]


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _stored(value: Any, type_: FieldType) -> Any:
    match value:
        case float() if type_.sql == "FLOAT":
            return struct.unpack("f", struct.pack("f", value))[0]
        case datetime():
            return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case list():
            return json.dumps(value, ensure_ascii=False)
    return value
