"""Conditions on dates and times: a range, resolved here, spelled as literals in the column's own frame."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from penstock.catalog.conditions import Operator, Span
from penstock.fields import Kind
from penstock.segments.calendar import LAST, Calendar, shifted_day, start_of
from penstock.segments.operands import Operand

_LITERAL_TYPES = {Kind.DATE: "date", Kind.TIMESTAMP: "timestamp", Kind.INSTANT: "timestamptz"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One end of a range; a date for DATE columns, else a datetime, local or aware."""

    at: date
    inclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The times that satisfy a condition; an end that is None is open."""

    low: Bound | None = None
    high: Bound | None = None


def time_predicate(
    operator: Operator, column: exp.Expr, operands: Sequence[Operand], *, kind: Kind, calendar: Calendar
) -> exp.Expr:
    """Return the predicate of a time operator; it is NULL only where the column is."""
    if operator is Operator.ANNIVERSARY:
        return _anniversary(column, kind, calendar)
    found = _range(operator, operands, kind, calendar)
    low, high = found.low, found.high
    if low and high and low == high:
        return exp.EQ(this=column, expression=time_literal(low.at, kind, calendar))
    ends: list[exp.Expr] = []
    if low:
        above = exp.GTE if low.inclusive else exp.GT
        ends.append(above(this=column, expression=time_literal(low.at, kind, calendar)))
    if high:
        below = exp.LTE if high.inclusive else exp.LT
        ends.append(below(this=column.copy(), expression=time_literal(high.at, kind, calendar)))
    return exp.and_(*ends, copy=False)


def _range(operator: Operator, operands: Sequence[Operand], kind: Kind, calendar: Calendar) -> Range:
    first = operands[0]
    if isinstance(first, Span) and operator is Operator.MORE_THAN_AGO:
        recent = _relative(first, -1, kind, calendar).low
        return Range(high=None if recent is None else _opposite(recent))
    if isinstance(first, Span):
        return _relative(first, -1 if operator is Operator.LAST else 1, kind, calendar)
    moments = [moment for moment in operands if isinstance(moment, date)]
    match operator:
        case Operator.BEFORE:
            return Range(high=_opposite(_start(moments[0], kind)))
        case Operator.AFTER:
            return Range(low=_opposite(_end(moments[0], kind)))
    return Range(low=_start(moments[0], kind), high=_end(moments[-1], kind))


def _start(moment: date, kind: Kind) -> Bound:
    if kind is Kind.DATE or isinstance(moment, datetime):
        return Bound(at=moment, inclusive=True)
    return Bound(at=start_of(moment), inclusive=True)


def _end(moment: date, kind: Kind) -> Bound:
    if kind is Kind.DATE or isinstance(moment, datetime):
        return Bound(at=moment, inclusive=True)
    if moment == date.max:
        return Bound(at=LAST.replace(tzinfo=None), inclusive=True)
    return Bound(at=start_of(moment + timedelta(days=1)), inclusive=False)


def _opposite(bound: Bound) -> Bound:
    return Bound(at=bound.at, inclusive=not bound.inclusive)


def _relative(span: Span, direction: int, kind: Kind, calendar: Calendar) -> Range:
    if kind is Kind.DATE:
        low, high = sorted((calendar.today, shifted_day(calendar.today, span, direction)))
        return Range(low=Bound(at=low, inclusive=True), high=Bound(at=high, inclusive=True))
    start, end = sorted((calendar.now, calendar.shifted(span, direction)))
    if kind is Kind.TIMESTAMP:
        start, end = calendar.local_range(start, end)
    return Range(low=Bound(at=start, inclusive=True), high=Bound(at=end, inclusive=True))


def _anniversary(column: exp.Expr, kind: Kind, calendar: Calendar) -> exp.Expr:
    """Whether day and month are today's; the 29 February counts on the 28th of a year that lacks it."""
    local = (
        exp.AtTimeZone(this=column, zone=exp.Literal.string(calendar.zone.key)) if kind is Kind.INSTANT else column
    )
    today = calendar.today
    days = [today.day] if (today.month, today.day) != (2, 28) or isleap(today.year) else [28, 29]
    month = exp.EQ(this=_part("MONTH", local), expression=exp.Literal.number(today.month))
    numbers = [exp.Literal.number(day) for day in days]
    day = _part("DAY", local.copy())
    same = exp.EQ(this=day, expression=numbers[0]) if len(numbers) == 1 else exp.In(this=day, expressions=numbers)
    return exp.and_(month, same, copy=False)


def _part(unit: str, column: exp.Expr) -> exp.Expr:
    return exp.Extract(this=exp.var(unit), expression=column)


def time_literal(at: date, kind: Kind, calendar: Calendar) -> exp.Expr:
    """Return a date, or a date and time, as a literal that columns of this kind are compared with."""
    if not isinstance(at, datetime):
        text = at.isoformat()
    elif kind is Kind.INSTANT:
        text = calendar.instant(at).isoformat(sep=" ")
    else:
        text = calendar.local(at).isoformat(sep=" ")
    return exp.cast(exp.Literal.string(text), _LITERAL_TYPES[kind])
