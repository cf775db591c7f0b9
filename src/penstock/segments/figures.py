"""Figures of related rows: count, sum, average, minimum, maximum, compared with a value, exactly.

An average is compared as a sum with so many times the value, for engines round quotients differently. Floating-point
numbers are added up in their own order: in any other, the last digit might be another one every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from penstock.catalog.conditions import Aggregate, Comparison, Measure, Operator
from penstock.errors import Problem
from penstock.fields import NUMBERS, TIMES, Field, FieldType, Kind
from penstock.segments.calendar import Calendar
from penstock.segments.formula import Formula, Leaf, joined
from penstock.segments.numeric_types import FLOATING, WHOLE, as_type, exact, scale_of
from penstock.segments.predicates import predicate_of
from penstock.segments.questions import Question, read_comparison

_EXACT = FieldType(kind=Kind.DECIMAL, sql="NUMERIC")
"""A number without limits that we know."""
_AGGREGATES: dict[Aggregate, type[exp.AggFunc]] = {
    Aggregate.SUM: exp.Sum,
    Aggregate.AVERAGE: exp.Avg,
    Aggregate.MINIMUM: exp.Min,
    Aggregate.MAXIMUM: exp.Max,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with what is asked of it; `condition` gives it over the column of the values, None for a count."""

    condition: Callable[[exp.Expr | None], Formula]
    of_none: bool
    """Whether it holds for whoever has no related rows."""


def read_figure(measure: Measure, fields: Mapping[str, Field], calendar: Calendar) -> Figure | Problem:
    """Return the figure of rows with these fields, or what is wrong with it."""
    if measure.field is None:
        return _count(measure, calendar)
    field = fields.get(measure.field)
    if field is None:
        read = read_comparison(_comparison(measure, measure.field), fields)
        return read[0] if isinstance(read, tuple) else _not_measurable(measure, WHOLE)
    type_ = _type(measure.aggregate, field.type)
    if type_ is None:
        return _not_measurable(measure, field.type)
    asked = _question(measure, type_, f"{measure.aggregate} of {measure.field}")
    if isinstance(asked, Problem):
        return asked
    if measure.aggregate is Aggregate.AVERAGE and type_ is _EXACT:
        return Figure(condition=lambda value: _known(_exact_average(asked, value, calendar)), of_none=False)
    return Figure(
        condition=lambda value: _known(
            predicate_of(asked, _none_is_zero(measure.aggregate, _figure(measure.aggregate, value, type_)), calendar)
        ),
        of_none=measure.aggregate is Aggregate.SUM and _zero(asked),
    )


def _count(measure: Measure, calendar: Calendar) -> Figure | Problem:
    asked = _question(measure, WHOLE, "count")
    if isinstance(asked, Problem):
        return asked
    return Figure(
        condition=lambda _: predicate_of(asked, exp.Count(this=exp.Star()), calendar),
        of_none=_zero(asked),
    )


def _question(measure: Measure, type_: FieldType, name: str) -> Question | Problem:
    read = read_comparison(_comparison(measure, name), {name: Field(name=name, type=type_)})
    return read if isinstance(read, Question) else read[0]


def _comparison(measure: Measure, name: str) -> Comparison:
    return Comparison(field=name, operator=measure.operator, operands=measure.operands, location=measure.location)


def _type(aggregate: Aggregate, type_: FieldType) -> FieldType | None:
    """Return the type of a figure; None if there is no such figure."""
    if aggregate in {Aggregate.MINIMUM, Aggregate.MAXIMUM}:
        return type_ if type_.kind in NUMBERS | TIMES else None
    if type_.kind not in NUMBERS:
        return None
    return FLOATING if type_.kind is Kind.FLOAT else _EXACT


def figure_type(aggregate: Aggregate, type_: FieldType) -> FieldType | None:
    """Return the type of the value of a figure; None if there is no such figure. Averages are not exact."""
    if _type(aggregate, type_) is None:
        return None
    if aggregate is Aggregate.AVERAGE:
        return FLOATING
    scale = scale_of(type_)
    if aggregate is not Aggregate.SUM:
        return type_
    return FLOATING if scale is None else exact(scale)


def figure_value(aggregate: Aggregate, value: exp.Expr | None, given: FieldType, type_: FieldType) -> exp.Expr:
    """Return a figure of values of a type over grouped rows, as one of its own type; NULL where there is none.

    `value` is None for their count.
    """
    if value is None:
        return exp.Count(this=exp.Star())
    if aggregate is Aggregate.AVERAGE and given.kind is not Kind.FLOAT:
        total = as_type(exp.Sum(this=value.copy()), type_)  # which is exact until then
        return exp.Div(this=total, expression=exp.Count(this=value.copy()), typed=True)
    figure = _figure(aggregate, value, given)
    return as_type(figure, type_) if aggregate in {Aggregate.SUM, Aggregate.AVERAGE} else figure


def _figure(aggregate: Aggregate, value: exp.Expr | None, given: FieldType) -> exp.Expr:
    """Return a figure of the values of a type, over grouped rows."""
    of = _given(value)
    if given.kind is Kind.FLOAT and aggregate in {Aggregate.SUM, Aggregate.AVERAGE}:
        of = of if given.sql == FLOATING.sql else as_type(of, FLOATING)
        of = exp.Order(this=of, expressions=[exp.Ordered(this=of.copy())])
    return _AGGREGATES[aggregate](this=of)


def _none_is_zero(aggregate: Aggregate, figure: exp.Expr) -> exp.Expr:
    if aggregate is not Aggregate.SUM:
        return figure
    return exp.Coalesce(this=figure, expressions=[exp.Literal.number(0)])


def _not_measurable(measure: Measure, type_: FieldType) -> Problem:
    return Problem(
        code="figure_not_available",
        message=f"There is no {measure.aggregate} of `{measure.field}`: its type is {type_}.",
        fix="Choose a field of numbers; minimum and maximum take dates and times as well.",
        location=measure.location,
    )


def _exact_average(asked: Question, value: exp.Expr | None, calendar: Calendar) -> Formula:
    """Compare a sum with so many times the value; NULL exactly where the sum is."""
    if asked.operator is Operator.BETWEEN:
        low, high = (replace(asked, operands=(operand,)) for operand in asked.operands)
        both = [
            _exact_average(replace(each, operator=operator), value, calendar)
            for each, operator in ((low, Operator.AT_LEAST), (high, Operator.AT_MOST))
        ]
        return joined(both, every=True)
    total = exp.Sum(this=_given(value))
    leaf = predicate_of(asked, total, calendar)
    count = exp.Count(this=_given(value))
    compared = leaf.predicate
    compared.set("expression", exp.Mul(this=compared.args["expression"], expression=count))
    return leaf


def _known(formula: Formula) -> Formula:
    """Let it hold only where there is a figure: another one than 5 is still one."""
    if not isinstance(formula, Leaf) or not formula.negated or formula.column is None:
        return formula
    is_null = Leaf(predicate=exp.Is(this=formula.column.copy(), expression=exp.null()), negated=True)
    return joined([is_null, formula], every=True)


def _given(value: exp.Expr | None) -> exp.Expr:
    if value is None:
        raise TypeError("a figure of no field")
    return value.copy()


def _zero(asked: Question) -> bool:
    """Whether the condition holds for zero."""
    first, *rest = (operand for operand in asked.operands if isinstance(operand, int | float | Decimal))
    match asked.operator:
        case Operator.IS:
            return first == 0
        case Operator.IS_NOT:
            return first != 0
        case Operator.LESS_THAN:
            return first > 0
        case Operator.AT_MOST:
            return first >= 0
        case Operator.GREATER_THAN:
            return first < 0
        case Operator.AT_LEAST:
            return first <= 0
    return first <= 0 <= rest[0]
