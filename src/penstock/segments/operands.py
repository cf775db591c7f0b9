"""Operands as written, turned into values of the type that a condition needs, or told what is wrong."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from penstock.catalog.conditions import Scalar, Span, Unit
from penstock.fields import FieldType, Kind
from penstock.segments.operators import Needs

Number = int | Decimal | float
Operand = Scalar | Span

_LONGEST_SHOWN = 60
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with an operand, and how to mend it."""

    message: str
    fix: str


def read_operand(operand: Operand, needed: Needs, field_type: FieldType) -> Operand | Fault:
    """Return the operand as `needed` wants it: ISO text becomes a date or a datetime, the rest is checked."""
    if needed is Needs.SPAN:
        return _span(operand, field_type)
    if isinstance(operand, Span):
        return _mismatch(operand, needed)
    if needed in {Needs.TEXT, Needs.PIECE}:
        return _text(operand, needed)
    if needed is Needs.NUMBER:
        return _number(operand, field_type)
    if needed is Needs.BOOLEAN:
        return operand if isinstance(operand, bool) else _mismatch(operand, needed)
    return _moment(operand, needed, field_type)


def as_moment(operand: Operand) -> date | datetime | None:
    """Return the date or datetime that an operand is or spells in ISO form; None if it is neither."""
    if isinstance(operand, date):
        return operand
    if not isinstance(operand, str) or not _ISO.fullmatch(operand):
        return None
    try:
        return date.fromisoformat(operand) if len(operand) == len("2024-01-31") else datetime.fromisoformat(operand)
    except ValueError:
        return None


def _span(operand: Operand, field_type: FieldType) -> Operand | Fault:
    if not isinstance(operand, Span):
        return _mismatch(operand, Needs.SPAN)
    if operand.count < 1:
        return Fault(
            message=f"The span {operand.count} {operand.unit} is not positive.",
            fix=f"Write at least 1 {operand.unit}.",
        )
    if operand.unit is Unit.HOURS and field_type.kind is Kind.DATE:
        return Fault(message="A date has no hours.", fix="Count in days, weeks, months or years.")
    return operand


def _text(operand: Operand, needed: Needs) -> Operand | Fault:
    if not isinstance(operand, str):
        return Fault(
            message=f"The field is text, and {shown(operand)} is not.",
            fix=f"Put the value in quotes: {shown(str(operand))}.",
        )
    if has_unstorable(operand):
        return Fault(message="The text has a character that no source can hold.", fix="Remove that character.")
    if needed is Needs.PIECE and not operand:
        return Fault(
            message="The text to look for is empty.",
            fix="Write what to look for; `is_empty` and `is_known` ask whether there is a value at all.",
        )
    return operand


def has_unstorable(text: str) -> bool:
    """Tell whether a text has NUL or half a character."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _number(operand: Operand, field_type: FieldType) -> Operand | Fault:
    if isinstance(operand, bool) or not isinstance(operand, int | Decimal | float):
        wrong = _mismatch(operand, Needs.NUMBER)
        if isinstance(operand, str) and re.fullmatch(r"[+-]?\d+(\.\d+)?", operand):
            return Fault(message=wrong.message, fix=f"Write {operand[:_LONGEST_SHOWN]} without quotes.")
        return wrong
    if isinstance(operand, int):
        return operand
    if operand.is_nan() if isinstance(operand, Decimal) else math.isnan(operand):
        return Fault(message="NaN equals nothing, so nothing can be compared with it.", fix="Write a number.")
    if field_type.kind is not Kind.FLOAT and not _is_finite(operand):
        return Fault(message=f"{field_type} values are never infinite.", fix="Write a number.")
    return operand


def _is_finite(number: Decimal | float) -> bool:
    return number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)


def _moment(operand: Operand, needed: Needs, field_type: FieldType) -> Operand | Fault:
    moment = as_moment(operand)
    if moment is None:
        return _mismatch(operand, needed)
    if isinstance(moment, datetime) and (needed is Needs.DAY or field_type.kind is Kind.DATE):
        why = "`on` asks for a whole day" if needed is Needs.DAY else "The field is a date without a time of day"
        return Fault(
            message=f"{why}, and {shown(moment)} names a time.",
            fix=f"Write {moment.date()}{', or use `between`' if needed is Needs.DAY else ''}.",
        )
    return moment


def _mismatch(operand: Operand, needed: Needs) -> Fault:
    return Fault(message=f"{shown(operand)} is not {needed}.", fix=f"Write {needed}.")


def shown(operand: Operand) -> str:
    """Return the operand as an author would write it, cut if it is long."""
    if isinstance(operand, Span):
        return f"{operand.count} {operand.unit}"
    if isinstance(operand, bool):
        return "true" if operand else "false"
    written = str(operand)
    written = written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…"
    return f'"{written}"' if isinstance(operand, str) else written
