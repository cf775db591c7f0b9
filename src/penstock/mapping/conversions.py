"""Conversions: what a source value becomes before it is compared and sent, and what of it cannot be sent.

A conversion yields the *stored* value, which is what the ledger compares and keeps, and from that the JSON text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from penstock.fields import FieldType, Kind
from penstock.mapping.nested import decimal_text, in_range_sql, nested_json
from penstock.quoting import quote_text


class Target(StrEnum):
    """What a value is at the destination."""

    TEXT = "text"
    INTEGER = "integer"
    """A whole number of 64 bits."""
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """A day; of a date and time, its day in the project's time zone."""
    INSTANT = "instant"
    """A date and time in UTC, whole seconds."""
    JSON = "json"
    """A list or an object, kept as canonical JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How one source field becomes one destination value.

    `null_is_false`: the destination knows no empty yes/no value, so that null is stored as false. `cleared` is the
    JSON text that clears the value there.
    """

    source: FieldType
    target: Target
    null_is_false: bool = False
    cleared: str = "null"

    @property
    def stored_type(self) -> str:
        """The embedded engine's type of the stored value."""
        if self.target is Target.NUMBER:
            if self.source.kind is Kind.DECIMAL or self.source.sql == "FLOAT":
                return self.source.sql
            return "DOUBLE"
        return _STORED_TYPES[self.target]

    @property
    def identity(self) -> str:
        """A text that changes when stored values of before can no longer be compared with those of now."""
        return f"{self.target.value}:{self.stored_type}"


_STORED_TYPES = {
    Target.TEXT: "VARCHAR",
    Target.INTEGER: "BIGINT",
    Target.BOOLEAN: "BOOLEAN",
    Target.DATE: "DATE",
    Target.INSTANT: "TIMESTAMPTZ",
    Target.JSON: "VARCHAR",
}

NATURAL_TARGETS = {
    Kind.TEXT: Target.TEXT,
    Kind.INTEGER: Target.INTEGER,
    Kind.DECIMAL: Target.NUMBER,
    Kind.FLOAT: Target.NUMBER,
    Kind.BOOLEAN: Target.BOOLEAN,
    Kind.DATE: Target.DATE,
    Kind.TIMESTAMP: Target.INSTANT,
    Kind.INSTANT: Target.INSTANT,
    Kind.LIST: Target.JSON,
    Kind.STRUCT: Target.JSON,
    Kind.MAP: Target.JSON,
    Kind.JSON: Target.JSON,
}
"""What each kind of value becomes where the destination does not ask for something else."""


UTC = "UTC"


def stored_sql(conversion: Conversion, expression: str, *, timezone: str, instant_format: str) -> str:
    """SQL of the stored value of `expression`; NULL where the value cannot be sent (see `unsendable_sql`)."""
    target = conversion.target
    unsendable = unsendable_sql(conversion, expression, timezone=timezone, instant_format=instant_format)
    if target is Target.TEXT:
        return expression if conversion.source.sql == "VARCHAR" else f"CAST({expression} AS VARCHAR)"
    if target is Target.INTEGER:
        return _integer_sql(conversion, expression)
    if target is Target.BOOLEAN:
        return f"coalesce({expression}, false)" if conversion.null_is_false else expression
    if target is Target.DATE:
        return f"CASE WHEN {unsendable} THEN NULL ELSE {_date_sql(conversion.source, expression, timezone)} END"
    if target is Target.INSTANT:
        value = _instant_sql(conversion.source, expression, timezone)
        return f"CASE WHEN {unsendable} THEN NULL ELSE {value} END"
    if target is Target.JSON:
        text = nested_json(conversion.source, expression, timezone=timezone, instant_format=instant_format)
        value = f"(CASE WHEN contains({text}, chr(1)) THEN NULL ELSE {text} END)"
        return f"nullif({value}, 'null')" if conversion.source.kind is Kind.JSON else value
    value = f"CAST({expression} AS {conversion.stored_type})"
    return value if unsendable is None else f"CASE WHEN {unsendable} THEN NULL ELSE {value} END"


def unsendable_sql(
    conversion: Conversion, expression: str, *, timezone: str = "UTC", instant_format: str = ""
) -> str | None:
    """SQL that is true where a value exists but cannot be sent, never NULL; None if that cannot happen.

    Refused are NaN and infinity, also inside lists and structs, integers beyond 64 bits, and dates outside
    the years 1 to 9999.
    """
    source = conversion.source
    if conversion.target is Target.NUMBER and source.kind is Kind.FLOAT:
        return f"coalesce(NOT isfinite({expression}), false)"
    if conversion.target is Target.INTEGER and not fits_bigint(source):
        return f"({expression} IS NOT NULL AND TRY_CAST({expression} AS BIGINT) IS NULL)"
    if conversion.target in {Target.DATE, Target.INSTANT}:
        in_range = in_range_sql(source.kind, expression)
        if conversion.target is Target.INSTANT and source.kind is not Kind.INSTANT and timezone != UTC:
            # In another zone it may be another year; only near the ends is that worth the cost of finding out.
            value = _instant_sql(source, expression, timezone)
            surely = f"CAST({expression} AS TIMESTAMP) BETWEEN TIMESTAMP '0001-01-03' AND TIMESTAMP '9999-12-29'"
            in_range = (
                f"CASE WHEN {surely} THEN true WHEN {in_range} THEN {in_range_sql(Kind.INSTANT, value)}"
                f" ELSE {expression} IS NULL END"
            )
        if conversion.target is Target.DATE and source.kind is Kind.INSTANT and timezone != UTC:
            in_range = f"{in_range} AND {in_range_sql(Kind.DATE, _date_sql(source, expression, timezone))}"
        return f"coalesce(NOT ({in_range}), false)"
    if conversion.target is Target.JSON:
        text = nested_json(source, expression, timezone=timezone, instant_format=instant_format)
        return f"coalesce(contains({text}, chr(1)), false)"
    return None


def json_sql(conversion: Conversion, column: str, *, instant_format: str) -> str:
    """SQL of the JSON text of a stored value; NULL for NULL."""
    target = conversion.target
    if target is Target.TEXT:
        return f"CAST(to_json({column}) AS VARCHAR)"
    if target is Target.DATE:
        return f"""('"' || CAST({column} AS VARCHAR) || '"')"""
    if target is Target.INSTANT:
        # By way of a timestamp without zone: what the engine does with zones goes through ICU, which is slow.
        return f"strftime(make_timestamp(epoch_us({column})), {quote_text(chr(34) + instant_format + chr(34))})"
    if target is Target.JSON:
        return column
    if target is Target.NUMBER and conversion.stored_type == "DOUBLE":
        return f"CAST(to_json({column}) AS VARCHAR)"  # a third of what the cast takes
    if target is Target.NUMBER:
        return decimal_text(conversion.stored_type, column)
    return f"CAST({column} AS VARCHAR)"


def fits_bigint(source: FieldType) -> bool:
    """Whether every value of an integer type is a signed 64-bit number."""
    return source.sql in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


def _integer_sql(conversion: Conversion, expression: str) -> str:
    if conversion.source.sql == "BIGINT":
        return expression
    cast = "CAST" if fits_bigint(conversion.source) else "TRY_CAST"
    return f"{cast}({expression} AS BIGINT)"


def _date_sql(source: FieldType, expression: str, timezone: str) -> str:
    """SQL of the day on the calendar of the time zone; a time without a zone is one of it already."""
    if source.kind is not Kind.INSTANT:
        return f"CAST({expression} AS DATE)"
    if timezone == UTC:
        return f"CAST(make_timestamp(epoch_us({expression})) AS DATE)"
    return f"CAST(timezone({quote_text(timezone)}, {expression}) AS DATE)"


def _instant_sql(source: FieldType, expression: str, timezone: str) -> str:
    if source.kind is Kind.INSTANT:
        return f"make_timestamptz(epoch_us(date_trunc('second', make_timestamp(epoch_us({expression})))))"
    if timezone == UTC:
        local = f"CAST({expression} AS TIMESTAMP)"
        whole = local if source.kind is Kind.DATE else f"date_trunc('second', {local})"
        return f"make_timestamptz(epoch_us({whole}))"
    if source.kind is Kind.DATE:
        return f"timezone({quote_text(timezone)}, CAST({expression} AS TIMESTAMP))"
    return f"timezone({quote_text(timezone)}, date_trunc('second', CAST({expression} AS TIMESTAMP)))"
