"""One question about one column becomes a leaf of the formula, whatever the kind of the field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlglot import exp

from penstock.catalog.conditions import Operator, Span
from penstock.fields import NUMBERS, TIMES, FieldType, Kind
from penstock.segments.calendar import Calendar
from penstock.segments.formula import Leaf
from penstock.segments.numbers import number_predicate
from penstock.segments.operators import OPPOSITES
from penstock.segments.questions import Question
from penstock.segments.text import text_predicate
from penstock.segments.times import time_predicate

_ELEMENTS, _ELEMENT = "penstock_elements", "penstock_element"


def predicate_of(question: Question, column: exp.Expr, calendar: Calendar) -> Leaf:
    """Return what a question asks of a column; negative operators are the negation of their opposites."""
    operator = OPPOSITES.get(question.operator, question.operator)
    negated = operator is not question.operator
    field_type = question.field.type
    if operator is Operator.IS_KNOWN:
        return Leaf(predicate=exp.Is(this=column, expression=exp.null()), negated=not negated)
    if operator is Operator.IS_EMPTY:
        return Leaf(predicate=_empty(column, field_type), negated=negated)
    if field_type.kind is Kind.LIST:
        return Leaf(predicate=_list_predicate(operator, column, question, calendar), negated=negated)
    predicate = _predicate(operator, column, question, field_type, calendar)
    return Leaf(predicate=predicate, column=column, negated=negated)


def _predicate(
    operator: Operator, column: exp.Expr, question: Question, field_type: FieldType, calendar: Calendar
) -> exp.Expr:
    operands = question.operands
    if field_type.kind in NUMBERS:
        numbers = [operand for operand in operands if isinstance(operand, int | Decimal | float)]
        return number_predicate(operator, column, numbers, field_type)
    if field_type.kind in TIMES:
        moments = [operand for operand in operands if isinstance(operand, date | Span)]
        return time_predicate(operator, column, moments, kind=field_type.kind, calendar=calendar)
    if field_type.kind is Kind.BOOLEAN:
        return column if operands == (True,) else exp.not_(column)
    texts = [operand for operand in operands if isinstance(operand, str)]
    return text_predicate(operator, _as_text(column, field_type), texts, match_case=question.match_case)


def _as_text(column: exp.Expr, field_type: FieldType) -> exp.Expr:
    """Cast what counts as text and is stored as something else (an enumeration, a UUID, a time of day)."""
    return column if field_type.sql.upper() == "VARCHAR" else exp.cast(column, "text")


def _empty(column: exp.Expr, field_type: FieldType) -> exp.Expr:
    is_null = exp.Is(this=column.copy(), expression=exp.null())
    if field_type.kind is Kind.LIST:  # some engines give an empty list no length at all
        length = exp.Coalesce(this=exp.ArraySize(this=column), expressions=[exp.Literal.number(0)])
        return exp.or_(is_null, exp.EQ(this=length, expression=exp.Literal.number(0)), copy=False)
    text = _as_text(column, field_type)
    return exp.or_(is_null, exp.EQ(this=text, expression=exp.Literal.string("")), copy=False)


def _list_predicate(operator: Operator, column: exp.Expr, question: Question, calendar: Calendar) -> exp.Expr:
    if operator is not Operator.CONTAINS_ALL:
        return _has_element(column, question, calendar)
    if not question.operands:
        return exp.not_(exp.Is(this=column, expression=exp.null()), copy=False)
    each = [replace(question, operands=(operand,)) for operand in question.operands]
    return exp.and_(*(_has_element(column.copy(), one, calendar) for one in each), copy=False)


def _has_element(column: exp.Expr, question: Question, calendar: Calendar) -> exp.Expr:
    """Whether the list has one of the operands."""
    element = exp.column(_ELEMENT, table=_ELEMENTS, quoted=True)
    element_type = question.field.type.members[0][1]
    equal = _predicate(Operator.IS_ANY_OF, element, question, element_type, calendar)
    unnested = exp.Unnest(
        expressions=[column],
        alias=exp.TableAlias(
            this=exp.to_identifier(_ELEMENTS, quoted=True),
            columns=[exp.to_identifier(_ELEMENT, quoted=True)],
        ),
    )
    return exp.Exists(this=exp.select("1").from_(unnested).where(equal))
