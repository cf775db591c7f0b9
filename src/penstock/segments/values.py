"""What formulas are made of: constants, numbers exact or floating, texts, and days of the project's zone."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from penstock.fields import NUMBERS, TIMES, FieldType, Kind
from penstock.segments.calendar import Calendar
from penstock.segments.numeric_types import FLOATING, MOST_PLACES, as_type, exact, scale_of
from penstock.segments.rows import Value

TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
DATE = FieldType(kind=Kind.DATE, sql="DATE")
INSTANT = FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE")
_READ_AS_TEXT = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE})


class Refusal(Exception):
    """What is wrong with a formula, as the end of a sentence, and what to do about it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def constant(value: str | Decimal) -> Value:
    """Return a constant; a number is exact, unless it has too many places after the point."""
    if isinstance(value, str):
        return Value(sql=exp.Literal.string(value), type=TEXT)
    exponent = value.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    type_ = exact(scale) if scale <= MOST_PLACES else FLOATING
    return Value(sql=as_type(exp.Literal.number(format(value, "f")), type_), type=type_)


def scale_or_none(value: Value, function: str) -> int | None:
    """Return how many places after the point a number has; None if it is floating. Raises Refusal."""
    if value.type.kind not in NUMBERS:
        raise Refusal(f"`{function}` takes numbers, and here it is given {value.type}", "Give it a field of numbers.")
    return scale_of(value.type)


def number(value: Value, scale: int | None) -> exp.Expr:
    """Return a number as an exact one with so many places after the point, or as a floating one."""
    return as_type(value.sql, FLOATING if scale is None else exact(scale))


def text(value: Value, function: str) -> exp.Expr:
    """Return what can be read as text, as text. Raises Refusal."""
    if value.type.kind not in _READ_AS_TEXT:
        fix = "Round it first." if value.type.kind is Kind.FLOAT else "Give it a text, a date or a whole number."
        raise Refusal(f"`{function}` takes text, and here it is given {value.type}", fix)
    return value.sql if value.type.sql.upper() == "VARCHAR" else exp.cast(value.sql, "text", copy=False)


def whole(value: Value, function: str, most: int) -> int:
    """Return a whole number that is written in the formula itself. Raises Refusal."""
    written = value.sql.find(exp.Literal)
    if isinstance(value.sql, exp.Cast) and written is value.sql.this and value.type == exact(0):
        given = int(written.this)
        if given <= most:
            return given
    raise Refusal(f"`{function}` takes a whole number from 0 to {most:,} there", "Write the number itself.")


def day(value: Value, function: str, calendar: Calendar) -> exp.Expr:
    """Return the day, in the project's zone, of a date or time. Raises Refusal."""
    kind = value.type.kind
    if kind not in TIMES:
        raise Refusal(f"`{function}` takes dates or times, and here it is given {value.type}", "Give it a date.")
    if kind is Kind.DATE:
        return value.sql
    local = value.sql
    if kind is Kind.INSTANT:
        local = exp.AtTimeZone(this=local, zone=exp.Literal.string(calendar.zone.key))
    return exp.cast(local, "date", copy=False)
