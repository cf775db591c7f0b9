"""Fields of a model and their types, as Penstock speaks of them whatever the warehouse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, for conditions, conversions and comparison."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    """A date and time without a zone: the project's time zone says which instant it is."""
    INSTANT = "instant"
    """A date and time with a zone."""
    LIST = "list"
    STRUCT = "struct"
    MAP = "map"
    JSON = "json"
    UNSUPPORTED = "unsupported"


NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
TIMES = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT})
PLAIN = NUMBERS | TIMES | {Kind.TEXT, Kind.BOOLEAN}
"""What has no parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """A type: its kind, the embedded engine's name for it, and what it is made of.

    `members` holds the named parts of a struct, or the one element of a list (named `element`), or a map's
    `key` and `value`.
    """

    kind: Kind
    sql: str
    members: tuple[tuple[str, FieldType], ...] = ()

    def __str__(self) -> str:
        if self.kind is Kind.LIST:
            return f"list of {self.members[0][1]}"
        return self.sql.lower() if self.kind is Kind.UNSUPPORTED else self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named, typed field of a model."""

    name: str
    type: FieldType


_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)", re.IGNORECASE)


def is_whole(type_: FieldType) -> bool:
    """Whether every value of the type is a whole number."""
    if type_.kind is Kind.DECIMAL:
        match = _DECIMAL.fullmatch(type_.sql)
        return match is not None and match[2] == "0"
    return type_.kind is Kind.INTEGER
