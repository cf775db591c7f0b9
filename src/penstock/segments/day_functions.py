"""Functions of dates and times, which are taken as days of the project's zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlglot import exp

from penstock.segments.calendar import Calendar
from penstock.segments.numeric_types import WHOLE
from penstock.segments.rows import Value
from penstock.segments.values import DATE, INSTANT, day

_MONTHS_OF_A_YEAR = exp.Literal.number(12)


def days_between(given: Sequence[Value], calendar: Calendar) -> Value:
    """Return the days from the first to the second."""
    start, end = (day(value, "days_between", calendar) for value in given)
    return Value(sql=exp.DateDiff(this=end, expression=start, unit=exp.var("DAY")), type=WHOLE)


def months_between(given: Sequence[Value], calendar: Calendar) -> Value:
    """Return the full months from the first to the second; one is full on the same day of the month."""
    start, end = (day(value, "months_between", calendar) for value in given)
    return Value(sql=_full_months(start, end), type=WHOLE)


def years_between(given: Sequence[Value], calendar: Calendar) -> Value:
    """Return the full years from the first to the second."""
    start, end = (day(value, "years_between", calendar) for value in given)
    months = _full_months(start, end)
    left_over = exp.Mod(this=months, expression=_MONTHS_OF_A_YEAR.copy())  # with the sign of the months
    years = exp.Div(
        this=exp.cast(exp.paren(exp.Sub(this=months.copy(), expression=left_over), copy=False), "double"),
        expression=_MONTHS_OF_A_YEAR.copy(),
        typed=True,
    )
    return Value(sql=exp.cast(years, "bigint", copy=False), type=WHOLE)


def part_of_day(name: str) -> Callable[[Sequence[Value], Calendar], Value]:
    """Return what gives the year, month or day of the month."""
    return lambda given, calendar: Value(sql=_part(name.upper(), day(given[0], name, calendar)), type=WHOLE)


def today(_: Sequence[Value], calendar: Calendar) -> Value:
    """Return today's date in the project's zone."""
    return Value(sql=_written(calendar.today, "date"), type=DATE)


def this_moment(_: Sequence[Value], calendar: Calendar) -> Value:
    """Return the present instant."""
    return Value(sql=_written(calendar.instant(calendar.now), "timestamptz"), type=INSTANT)


def _written(at: date, type_: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(str(at)), type_)


def _full_months(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Months that are full on the same day of the month; backwards they are negative."""
    later = exp.LT(this=start.copy(), expression=end.copy())
    earlier = exp.GT(this=start.copy(), expression=end.copy())
    one = exp.Literal.number(1)
    begun = [
        exp.If(this=exp.and_(later, _days(exp.GT, start, end)), true=exp.Neg(this=one)),
        exp.If(this=exp.and_(earlier, _days(exp.LT, start, end)), true=one.copy()),
    ]
    apart = exp.Sub(this=_months(end), expression=_months(start))
    return exp.paren(exp.Add(this=apart, expression=exp.Case(ifs=begun, default=exp.Literal.number(0))), copy=False)


def _days(compared: type[exp.Binary], start: exp.Expr, end: exp.Expr) -> exp.Expr:
    return compared(this=_part("DAY", start), expression=_part("DAY", end))


def _months(at: exp.Expr) -> exp.Expr:
    years = exp.Mul(this=_part("YEAR", at), expression=_MONTHS_OF_A_YEAR.copy())
    return exp.paren(exp.Add(this=years, expression=_part("MONTH", at)), copy=False)


def _part(unit: str, at: exp.Expr) -> exp.Expr:
    return exp.cast(exp.Extract(this=exp.var(unit), expression=at.copy()), "bigint", copy=False)
