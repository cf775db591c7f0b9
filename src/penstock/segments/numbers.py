"""Conditions on numbers, compared exactly: operands are brought to the column's own grid in Python.

NaN equals nothing and is neither less nor greater than anything, whatever the engine thinks of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from sqlglot import exp

from penstock.catalog.conditions import Operator
from penstock.fields import FieldType, Kind
from penstock.segments.operands import Number

_COMPARISONS: dict[Operator, type[exp.Binary]] = {
    Operator.LESS_THAN: exp.LT,
    Operator.AT_MOST: exp.LTE,
    Operator.GREATER_THAN: exp.GT,
    Operator.AT_LEAST: exp.GTE,
}
_BELOW = frozenset({Operator.LESS_THAN, Operator.AT_MOST})
_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_SINGLE_PRECISION = frozenset({"FLOAT", "REAL", "FLOAT4"})
_LARGEST_SINGLE = 3.4028234e38
_SMALLEST_SINGLE = 2.0**-149
_WIDE = Context(prec=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The values that an exact column can hold: multiples of `step` from `lowest` to `highest`."""

    step: Decimal
    lowest: Decimal
    highest: Decimal


def number_predicate(
    operator: Operator, column: exp.Expr, operands: Sequence[Number], field_type: FieldType
) -> exp.Expr:
    """Return the predicate of a positive number operator; it is NULL only where the column is."""
    if operator is Operator.BETWEEN:
        low = number_predicate(Operator.AT_LEAST, column, operands[:1], field_type)
        high = number_predicate(Operator.AT_MOST, column.copy(), operands[1:], field_type)
        return exp.and_(low, high, copy=False)
    if operator not in _COMPARISONS:
        return _equal(column, operands, field_type)
    if field_type.kind is Kind.FLOAT:
        return _ordered_floats(operator, column, operands[0], field_type)
    return _ordered_exactly(operator, column, _decimal(operands[0]), grid_of(field_type))


def grid_of(field_type: FieldType) -> Grid | None:
    """Return what an integer or decimal column can hold; None if its type sets no limits that we know."""
    name = field_type.sql.upper()
    decimal = re.fullmatch(r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", name)
    if decimal:
        width, scale = int(decimal[1]), int(decimal[2])
        step = Decimal(1).scaleb(-scale)
        highest = _WIDE.subtract(Decimal(1).scaleb(width - scale), step)
        return Grid(step=step, lowest=-highest, highest=highest)
    if name in _BITS:
        highest = Decimal(2 ** (_BITS[name] - 1) - 1)
        return Grid(step=Decimal(1), lowest=-highest, highest=highest)
    if name.removeprefix("U") in _BITS:
        return Grid(step=Decimal(1), lowest=Decimal(0), highest=Decimal(2 ** _BITS[name[1:]] - 1))
    return None


def _equal(column: exp.Expr, operands: Sequence[Number], field_type: FieldType) -> exp.Expr:
    if field_type.kind is Kind.FLOAT:
        values = [_float_literal(number, field_type) for number in operands]
    else:
        grid = grid_of(field_type)
        values = [_literal(number) for number in map(_decimal, operands) if _can_be_held(number, grid)]
    if not values:
        return exp.false()
    return exp.EQ(this=column, expression=values[0]) if len(values) == 1 else exp.In(this=column, expressions=values)


def _ordered_exactly(operator: Operator, column: exp.Expr, number: Decimal, grid: Grid | None) -> exp.Expr:
    if grid is None:
        return _COMPARISONS[operator](this=column, expression=_literal(number))
    if number > grid.highest:
        return exp.true() if operator in _BELOW else exp.false()
    if number < grid.lowest:
        return exp.false() if operator in _BELOW else exp.true()
    floor = number.quantize(grid.step, rounding=ROUND_FLOOR, context=_WIDE)
    if floor == number:
        return _COMPARISONS[operator](this=column, expression=_literal(number))
    return (exp.LTE if operator in _BELOW else exp.GT)(this=column, expression=_literal(floor))


def _ordered_floats(operator: Operator, column: exp.Expr, number: Number, field_type: FieldType) -> exp.Expr:
    compared = _COMPARISONS[operator](this=column, expression=_float_literal(number, field_type))
    if operator in _BELOW:
        return compared
    infinity = exp.cast(exp.Literal.string("inf"), "double")
    is_number = exp.LTE(this=column.copy(), expression=infinity)  # engines that order NaN put it above infinity
    return exp.and_(compared, is_number, copy=False)


def _can_be_held(number: Decimal, grid: Grid | None) -> bool:
    if grid is None:
        return True
    if not grid.lowest <= number <= grid.highest:
        return False
    return number == number.quantize(grid.step, rounding=ROUND_FLOOR, context=_WIDE)


def _decimal(number: Number) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def _literal(number: Decimal) -> exp.Expr:
    return exp.Literal.number(format(number, "f"))


def _float_literal(number: Number, field_type: FieldType) -> exp.Expr:
    """Spell a number so that the engine reads it with the column's own precision: 0.1 is what `0.1` became."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf if number > 0 else -math.inf
    is_single = field_type.sql.upper() in _SINGLE_PRECISION and abs(value) <= _LARGEST_SINGLE
    if is_single and abs(value) <= _SMALLEST_SINGLE / 2:
        value = 0.0  # as what an engine takes it, if it does not refuse it
    if value.is_integer() and abs(value) < 2**24:
        return exp.Literal.number(str(int(value)))
    return exp.cast(exp.Literal.string(repr(value)), "float" if is_single else "double")
