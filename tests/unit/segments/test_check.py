"""What is wrong with a segment is told with its place and its fix."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from penstock.catalog.conditions import AllOf, Comparison, Not, Span, Unit
from penstock.fields import Field, FieldType, Kind
from penstock.segments.operators import OFFERED, operators_for
from tests.compiling import check_condition

Ask = Callable[..., Comparison]

PROBLEMS: list[tuple[str, str, tuple[Any, ...], str, str, str]] = [
    ("nmae", "is", ("x",), "unknown_field", "no field `nmae`", "Did you mean `name`?"),
    ("zzz", "is", ("x",), "unknown_field", "no field `zzz`", "The fields are active, age,"),
    ("age", "contains", ("1",), "operator_not_available", "its type is integer", "is_known"),
    (
        "active",
        "between",
        (1, 2),
        "operator_not_available",
        "its type is boolean",
        "Use one of: is, is_not, is_known",
    ),
    ("tags", "is", ("vip",), "operator_not_available", "its type is list of text", "contains"),
    ("name", "is", (75001,), "wrong_operand", "75001 is not", 'in quotes: "75001"'),
    ("name", "contains", ("",), "wrong_operand", "is empty", "is_known"),
    ("name", "is", ("a\0b",), "wrong_operand", "no source can hold", "Remove"),
    ("name", "is", ("a", "b"), "wrong_operand", "takes one value, and 2 were given", "Write one value"),
    ("name", "is_empty", ("a",), "wrong_operand", "takes no value but true", "true"),
    ("age", "is", ("5",), "wrong_operand", '"5" is not a number', "Write 5 without quotes"),
    ("age", "is", (True,), "wrong_operand", "true is not a number", "Write a number"),
    ("age", "at_most", (math.inf,), "wrong_operand", "never infinite", "Write a number"),
    ("score", "is", (math.nan,), "wrong_operand", "NaN equals nothing", "Write a number"),
    ("age", "between", (5,), "wrong_operand", "takes two values", "the lower first"),
    ("age", "between", (5, 1), "wrong_order", "Nothing is between 5 and 1", "Write 1 first"),
    ("score", "between", (1.5, Decimal(1)), "wrong_order", "Nothing is between 1.5 and 1", "Write 1 first"),
    ("active", "is", ("yes",), "wrong_operand", '"yes" is not true or false', "true or false"),
    ("born", "on", ("31/01/2024",), "wrong_operand", "is not a day such as", "2024-01-31"),
    ("born", "on", ("2024-02-30",), "wrong_operand", "is not a day such as", "2024-01-31"),
    ("born", "before", ("2024-01-31 10:00",), "wrong_operand", "without a time of day", "Write 2024-01-31"),
    ("seen_at", "on", ("2024-01-31 10:00",), "wrong_operand", "asks for a whole day", "between"),
    ("seen_at", "between", ("2024-02-01", "2024-01-31"), "wrong_order", "Nothing is between", "2024-01-31"),
    ("seen_at", "last", ("30 days",), "wrong_operand", '"30 days" is not a span', "such as 30 days"),
    ("seen_at", "last", (Span(count=0, unit=Unit.DAYS),), "wrong_operand", "not positive", "at least 1 days"),
    ("born", "last", (Span(count=3, unit=Unit.HOURS),), "wrong_operand", "no hours", "weeks, months or years"),
    ("name", "is", (Span(count=3, unit=Unit.DAYS),), "wrong_operand", "3 days is not a text", "Write a text"),
    ("visits", "contains", ("a",), "wrong_operand", "is not a number", "Write a number"),
]


@pytest.mark.parametrize(("field", "operator", "operands", "code", "message", "fix"), PROBLEMS)
def test_problem(
    field: str,
    operator: str,
    operands: tuple[Any, ...],
    code: str,
    message: str,
    fix: str,
    fields: Mapping[str, Field],
    asked: Ask,
) -> None:
    comparison = asked(field, operator, *operands)
    (problem,) = check_condition(Not(condition=comparison), fields=fields)
    assert problem.code == code
    assert problem.message.startswith("Segment `loyal`: ")
    assert message in problem.message
    assert fix in problem.fix
    assert problem.location == comparison.location


def test_all_problems_are_told_in_the_order_of_the_tree(fields: Mapping[str, Field], asked: Ask) -> None:
    tree = AllOf(
        conditions=(asked("age", "is", "x"), asked("born", "between", "soon", "later"), asked("nix", "is", 1))
    )
    found = check_condition(tree, fields=fields)
    assert [problem.code for problem in found] == ["wrong_operand", "wrong_operand", "wrong_operand", "unknown_field"]


@pytest.mark.parametrize(
    "operands",
    [
        ("2024-01-31", "2024-01-31"),
        ("2024-01-31 10:00", "2024-01-31"),
        ("2024-01-31T10:00:00.5Z", "2024-01-31 09:00"),
        (datetime(2024, 1, 31, 10), "2024-01-31 10:00"),  # noqa: DTZ001  # local
    ],
)
def test_times_may_be_spelled(operands: tuple[Any, ...], fields: Mapping[str, Field], asked: Ask) -> None:
    assert check_condition(asked("seen_at", "between", *operands), fields=fields) == ()


@pytest.mark.parametrize("kind", [Kind.STRUCT, Kind.MAP, Kind.JSON, Kind.UNSUPPORTED])
def test_nested_kinds_are_only_known_or_not(kind: Kind) -> None:
    assert operators_for(FieldType(kind=kind, sql="X")) == ("is_known", "is_unknown")


def test_lists_of_dates_offer_no_contains() -> None:
    dates = FieldType(kind=Kind.DATE, sql="DATE")
    listed = FieldType(kind=Kind.LIST, sql="DATE[]", members=(("element", dates),))
    assert operators_for(listed) == ("is_empty", "is_not_empty", "is_known", "is_unknown")


def test_every_operator_is_offered_somewhere() -> None:
    assert all(OFFERED.values())
