"""Lists, structs and maps as JSON text, part by part, so that their numbers and times follow the same rules.

DuckDB's own `to_json` writes bare `NaN`, drops the zeros of decimals and leaves times without a zone.
"""

from __future__ import annotations

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
        self._instant_format = instant_format

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
        if kind in {Kind.INTEGER, Kind.DECIMAL, Kind.BOOLEAN}:
            return f"CAST({value} AS VARCHAR)"
        if kind is Kind.FLOAT:
            number = f"CAST({value} AS VARCHAR)"
            return f"(CASE WHEN isfinite({value}) THEN {number} WHEN {value} IS NOT NULL THEN {UNSENDABLE_MARK} END)"
        if kind is Kind.JSON:
            return f"CAST(json({value}) AS VARCHAR)"
        if kind is Kind.DATE:
            return self._time(value, f"""concat('"', CAST({value} AS VARCHAR), '"')""")
        if kind in {Kind.TIMESTAMP, Kind.INSTANT}:
            pattern = quote_text(f'"{self._instant_format}"')
            instant = value
            if kind is Kind.TIMESTAMP:
                instant = f"timezone({quote_text(self._timezone)}, CAST({value} AS TIMESTAMP))"
            return self._time(value, f"strftime({instant}, {pattern})")
        return f"CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR)"

    @staticmethod
    def _time(value: str, text: str) -> str:
        sendable = f"isfinite({value}) AND year({value}) BETWEEN 1 AND 9999"
        return f"(CASE WHEN {sendable} THEN {text} WHEN {value} IS NOT NULL THEN {UNSENDABLE_MARK} END)"


def _member(name: str) -> str:
    escaped = "".join(_ESCAPES.get(character, character) for character in name)
    return f'"{escaped}":'


_ESCAPES = {'"': '\\"', "\\": "\\\\"} | {chr(code): f"\\u{code:04x}" for code in range(32)}
