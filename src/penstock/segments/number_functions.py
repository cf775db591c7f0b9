"""Operators and functions of numbers. Exact numbers stay exact, but for quotients and products of many places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from penstock.fields import FieldType
from penstock.segments.numeric_types import FLOATING, MOST_PLACES, as_type, exact
from penstock.segments.rows import Value
from penstock.segments.values import number, scale_or_none, whole


def common_scale(given: Sequence[Value], function: str) -> int | None:
    """Return the most places after the point that any of the numbers has; None if one is floating. Raises Refusal.

    None as well if these are so many that large numbers with fewer of them would no longer fit.
    """
    scales = [scale_or_none(value, function) for value in given]
    known = [scale for scale in scales if scale is not None]
    fit = max(known, default=0) <= MOST_PLACES or len(set(known)) == 1
    return max(known) if len(known) == len(scales) and fit else None


def type_of_scale(scale: int | None) -> FieldType:
    """Return the type of numbers with so many places after the point; floating if it is None."""
    return FLOATING if scale is None else exact(scale)


def sum_of(given: Sequence[Value]) -> Value:
    """Return the sum of two numbers."""
    scale = common_scale(given, "+")
    left, right = (number(value, scale) for value in given)
    return Value(sql=exp.paren(exp.Add(this=left, expression=right), copy=False), type=type_of_scale(scale))


def difference_of(given: Sequence[Value]) -> Value:
    """Return the difference of two numbers, or the negative of one."""
    scale = common_scale(given, "-")
    left, *right = (number(value, scale) for value in given)
    sql = exp.Sub(this=left, expression=right[0]) if right else exp.Neg(this=left)
    return Value(sql=exp.paren(sql, copy=False), type=type_of_scale(scale))


def product_of(given: Sequence[Value]) -> Value:
    """Return the product of two numbers."""
    scales = [scale_or_none(value, "*") for value in given]
    places = sum(scale or 0 for scale in scales)
    is_exact = None not in scales and places <= MOST_PLACES
    left, right = (number(value, scale if is_exact else None) for value, scale in zip(given, scales, strict=True))
    product = exp.paren(exp.Mul(this=left, expression=right), copy=False)
    return Value(sql=product, type=exact(places) if is_exact else FLOATING)


def quotient_of(given: Sequence[Value]) -> Value:
    """Return the quotient of two numbers; unknown where divided by zero."""
    common_scale(given, "/")
    left, right = (number(value, None) for value in given)
    divisor = exp.Nullif(this=right, expression=exp.Literal.number(0))
    quotient = exp.Div(this=left, expression=divisor, typed=True, safe=False)
    return Value(sql=exp.paren(quotient, copy=False), type=FLOATING)


def rounded(given: Sequence[Value]) -> Value:
    """Return a number rounded, to a whole one or to so many places."""
    digits = whole(given[1], "round", MOST_PLACES) if len(given) > 1 else 0
    return _made(
        given[0], "round", lambda value: exp.Round(this=value, decimals=exp.Literal.number(digits)), lambda _: digits
    )


def whole_places(_: int) -> int:
    """Return the places after the point of a whole number."""
    return 0


def same_places(scale: int) -> int:
    """Return the same places after the point."""
    return scale


def of_one_number(
    name: str, made: type[exp.Func], scale_after: Callable[[int], int]
) -> Callable[[Sequence[Value]], Value]:
    """Return what makes a number of another; `scale_after` gives the places of an exact one."""
    return lambda given: _made(given[0], name, lambda value: made(this=value), scale_after)


def _made(value: Value, name: str, made: Callable[[exp.Expr], exp.Expr], scale_after: Callable[[int], int]) -> Value:
    scale = scale_or_none(value, name)
    found = made(number(value, scale))
    type_ = type_of_scale(None if scale is None else scale_after(scale))
    return Value(sql=as_type(found, type_), type=type_)
