"""A comparison read against the fields of its model: either a question that can be compiled, or problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches

from penstock.catalog.conditions import Comparison, Operator
from penstock.counting import were
from penstock.errors import Problem
from penstock.fields import Field, FieldType, Kind
from penstock.segments.operands import Fault, Operand, read_operand, shown
from penstock.segments.operators import ELEMENT_OPERATORS, HOW_MANY, HowMany, needs, operators_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A comparison whose field exists and whose operands have the right number, type and order."""

    field: Field
    operator: Operator
    operands: tuple[Operand, ...]
    match_case: bool


def read_comparison(comparison: Comparison, fields: Mapping[str, Field]) -> Question | tuple[Problem, ...]:
    """Return the question that a comparison asks, or everything that is wrong with it."""
    field = fields.get(comparison.field)
    if field is None:
        return (_unknown_field(comparison, fields),)
    needed = needs(comparison.operator, field.type)
    if needed is None:
        return (_not_available(comparison, field.type),)
    if not _right_number(comparison):
        return (_wrong_number(comparison),)
    read = [read_operand(operand, needed, element_or_self(field.type, comparison)) for operand in comparison.operands]
    faults = [fault for fault in read if isinstance(fault, Fault)]
    if faults:
        return tuple(_problem(comparison, "wrong_operand", fault.message, fault.fix) for fault in faults)
    operands = tuple(operand for operand in read if not isinstance(operand, Fault))
    if comparison.operator is Operator.BETWEEN and _reversed(*operands):
        low, high = (shown(operand) for operand in comparison.operands)
        return (
            _problem(
                comparison,
                "wrong_order",
                f"Nothing is between {low} and {high}: the first is the greater.",
                f"Write {high} first.",
            ),
        )
    return Question(field=field, operator=comparison.operator, operands=operands, match_case=comparison.match_case)


def element_or_self(field_type: FieldType, comparison: Comparison) -> FieldType:
    """Return the type that the operands are compared with: a list's element, else the field's own."""
    asks_elements = comparison.operator in ELEMENT_OPERATORS and field_type.kind is Kind.LIST
    return field_type.members[0][1] if asks_elements else field_type


def _right_number(comparison: Comparison) -> bool:
    given = len(comparison.operands)
    match HOW_MANY[comparison.operator]:
        case HowMany.NONE:
            return given == 0
        case HowMany.ONE:
            return given == 1
        case HowMany.TWO:
            return given == 2
        case HowMany.ANY:
            return True


def _reversed(low: Operand, high: Operand) -> bool:
    if isinstance(low, date) and isinstance(high, date):
        first = low if isinstance(low, datetime) else datetime.combine(low, time.min)
        last = high if isinstance(high, datetime) else datetime.combine(high, time.max)
        same_frame = (first.tzinfo is None) == (last.tzinfo is None)
        return same_frame and first > last
    return not isinstance(low, str | date) and low > high  # type: ignore[operator]  # both are numbers here


def _unknown_field(comparison: Comparison, fields: Mapping[str, Field]) -> Problem:
    nearest = get_close_matches(comparison.field, fields, n=1, cutoff=0.6)
    fix = f"Did you mean `{nearest[0]}`?" if nearest else f"The fields are {', '.join(sorted(fields)) or 'none'}."
    return Problem(
        code="unknown_field",
        message=f"The model has no field `{comparison.field}`.",
        fix=fix,
        location=comparison.location,
    )


def _not_available(comparison: Comparison, field_type: FieldType) -> Problem:
    offered = ", ".join(operators_for(field_type))
    return _problem(
        comparison,
        "operator_not_available",
        f"`{comparison.operator}` cannot be asked of it: its type is {field_type}.",
        f"Use one of: {offered}.",
    )


def _wrong_number(comparison: Comparison) -> Problem:
    given = len(comparison.operands)
    return _problem(
        comparison,
        "wrong_operand",
        f"`{comparison.operator}` takes {HOW_MANY[comparison.operator]}, and {given} {were(given)} given.",
        f"Write {HOW_MANY[comparison.operator]}.",
    )


def _problem(comparison: Comparison, code: str, message: str, fix: str) -> Problem:
    return Problem(code=code, message=f"Field `{comparison.field}`: {message}", fix=fix, location=comparison.location)
