"""Lists, structs and maps as JSON text, part by part, so that their numbers and times follow the same rules.

DuckDB's own `to_json` writes bare `NaN`, drops the zeros of decimals and leaves times without a zone.
"""

from __future__ import annotations

import re

from penstock.fields import FieldType, Kind
from penstock.quoting import quote_name, quote_text

UNSENDABLE_MARK = "chr(1)"
"""Stands for a value that cannot be sent; no JSON text contains it, for it is escaped there."""


def nested_json(type_: FieldType, expression: str, *, timezone: str, instant_format: str) -> str:
    """SQL of the JSON text of `expression`; NULL for NULL; holds chr(1) where a part cannot be sent."""
    return _Writer(timezone=timezone, instant_format=instant_format).text(type_, expression, depth=0)


class _Writer:
    def __init__(self, *, timezone: str, instant_format: str) -> None:
        self._timezone = timezone
        self._format = instant_format

    def text(self, type_: FieldType, value: str, *, depth: int) -> str:
        """JSON text of `value`, NULL for NULL."""
        if type_.kind is Kind.LIST:
            return self._list(type_.members[0][1], value, depth=depth)
        if type_.kind is Kind.STRUCT:
            return self._struct(type_, value, depth=depth)
        if type_.kind is Kind.MAP:
            return self._map(type_, value, depth=depth)
        return self._scalar(type_, value)

    def _part(self, type_: FieldType, value: str, *, depth: int) -> str:
        return f"coalesce({self.text(type_, value, depth=depth)}, 'null')"

    def _list(self, element: FieldType, value: str, *, depth: int) -> str:
        name = f"e{depth}"
        parts = f"list_transform({value}, lambda {name}: {self._part(element, name, depth=depth + 1)})"
        return f"('[' || array_to_string({parts}, ',') || ']')"

    def _struct(self, type_: FieldType, value: str, *, depth: int) -> str:
        parts = ", ',', ".join(
            f"{quote_text(_member(name))}, {self._part(part, f'{value}.{quote_name(name)}', depth=depth)}"
            for name, part in type_.members
        )
        return f"(CASE WHEN {value} IS NOT NULL THEN concat('{{', {parts}, '}}') END)"

    def _map(self, type_: FieldType, value: str, *, depth: int) -> str:
        name = f"e{depth}"
        part = self._part(type_.members[1][1], f"{name}.value", depth=depth + 1)
        pair = f"concat(to_json(CAST({name}.key AS VARCHAR)), ':', {part})"
        entries = f"list_sort(list_transform(map_entries({value}), lambda {name}: {pair}))"
        return f"('{{' || array_to_string({entries}, ',') || '}}')"

    def _scalar(self, type_: FieldType, value: str) -> str:
        kind = type_.kind
        if kind is Kind.DECIMAL:
            return decimal_text(type_.sql, value)
        if kind in {Kind.INTEGER, Kind.BOOLEAN}:
            return f"CAST({value} AS VARCHAR)"
        if kind is Kind.FLOAT:
            number = f"CAST({value} AS VARCHAR)"
            return f"(CASE WHEN isfinite({value}) THEN {number} WHEN {value} IS NOT NULL THEN {UNSENDABLE_MARK} END)"
        if kind is Kind.JSON:
            return f"CAST(json({value}) AS VARCHAR)"
        if kind is Kind.DATE:
            return self._time(in_range_sql(kind, value), value, f"""concat('"', CAST({value} AS VARCHAR), '"')""")
        if kind in {Kind.TIMESTAMP, Kind.INSTANT}:
            in_range, instant = in_range_sql(kind, value), value
            if kind is Kind.TIMESTAMP:
                instant = f"timezone({quote_text(self._timezone)}, CAST({value} AS TIMESTAMP))"
                # In another zone it may be another year.
                in_range = f"CASE WHEN {in_range} THEN {in_range_sql(Kind.INSTANT, instant)} END"
            return self._time(in_range, value, f"strftime({instant}, {quote_text(chr(34) + self._format + chr(34))})")
        return f"CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR)"

    @staticmethod
    def _time(in_range: str, value: str, text: str) -> str:
        return f"(CASE WHEN {in_range} THEN {text} WHEN {value} IS NOT NULL THEN {UNSENDABLE_MARK} END)"


def in_range_sql(kind: Kind, value: str) -> str:
    """SQL that is true where a date or time lies in the years 1 to 9999, false elsewhere, NULL for NULL.

    It asks no `year`, for that of 44 BC is 44 where a time has a zone.
    """
    if kind is Kind.DATE:
        return f"({value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31')"
    type_, zone = ("TIMESTAMPTZ", "+00") if kind is Kind.INSTANT else ("TIMESTAMP", "")
    first, last = f"{type_} '0001-01-01 00:00:00{zone}'", f"{type_} '9999-12-31 23:59:59.999999{zone}'"
    return f"(CAST({value} AS {type_}) BETWEEN {first} AND {last})"


def decimal_text(sql: str, value: str) -> str:
    """SQL of a decimal as JSON number; the engine writes 0.5 as .5 where the type has no digit before the point."""
    match = _DECIMAL.fullmatch(sql)
    text = f"CAST({value} AS VARCHAR)"
    if match is None or match[1] != match[2]:
        return text
    return f"(CASE WHEN {value} < 0 THEN '-0' || CAST(-{value} AS VARCHAR) ELSE '0' || {text} END)"


_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)", re.IGNORECASE)


def _member(name: str) -> str:
    escaped = "".join(_ESCAPES.get(character, character) for character in name)
    return f'"{escaped}":'


_ESCAPES = {'"': '\\"', "\\": "\\\\"} | {chr(code): f"\\u{code:04x}" for code in range(32)}
