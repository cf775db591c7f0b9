"""Formulas as they are written, and what is said of those that cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from penstock.catalog.calculations import Calculation, Call, Constant, FieldValue
from penstock.catalog.formula_reading import DEEPEST, LONGEST, MOST_CALLS, FormulaError, read_formula
from penstock.segments.functions import FUNCTIONS, OPERATORS


def told(calculation: Calculation) -> str:
    """Write a formula with a parenthesis around every operation."""
    match calculation:
        case FieldValue(field=name):
            return name
        case Constant(value=value):
            return repr(value) if isinstance(value, str) else str(value)
        case Call(function=function, arguments=arguments):
            return f"({function} {' '.join(map(told, arguments))})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spent", "spent"),
        ("a + b * c - d", "(- (+ a (* b c)) d)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a / b / c", "(/ (/ a b) c)"),
        ("(a + b) * -c", "(* (+ a b) (- c))"),
        ("a & b + 1 & 'x'", "(& (& a (+ b 1)) 'x')"),
        ('{First name} & " " & {a-b}', "(& (& First name ' ') a-b)"),
        ('\'it\'\'s\' & "say ""so"""', '(& "it\'s" \'say "so"\')'),
        ("ROUND(x / 3, 2)", "(round (/ x 3) 2)"),
        ("today()", "(today )"),
        ("größe * 1.20", "(* größe 1.20)"),
        ("\n  a\n  + b\n", "(+ a b)"),
    ],
)
def test_a_formula_is_read(text: str, expected: str) -> None:
    assert told(read_formula(text)) == expected


def test_numbers_are_exact() -> None:
    assert read_formula("0.10") == Constant(value=Decimal("0.10"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a +", "something is missing at its end"),
        ("* a", "there is nothing in front of `*`"),
        ("a b", "`b` is one too many"),
        ("(a", "a `)` is missing"),
        ("round(a, 2", "a `)` is missing"),
        ("a)", "`)` is one too many"),
        ("round(a,)", "there is nothing in front of `)`"),
        ("'abc", "`'abc` cannot be read"),
        ("{abc", "`{abc` cannot be read"),
        ("a; DROP TABLE x", "`; DROP TABLE x` cannot be read"),
        ("1.2.3", "`1.2.3` cannot be read"),
        ("a = b", "`= b` cannot be read"),
        ("2x", "`2x` cannot be read"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), f"it is nested more than {DEEPEST} deep"),
        ("a" + " + a" * (MOST_CALLS + 1), f"it has more than {MOST_CALLS} operators and functions"),
        ("9" * 39, f"`{'9' * 20}…` has more than 38 digits"),
        ("0." + "1" * 400, f"`0.{'1' * 18}…` has more than 38 digits"),
        ("1e400", "`1e400` cannot be read"),
        ("-" * 100_000 + "a", f"it has more than {LONGEST:,} characters"),
        ("-" * 9_000 + "a", f"it is nested more than {DEEPEST} deep"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, what: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    assert caught.value.what == what
    assert caught.value.fix


@pytest.mark.parametrize("name", [*OPERATORS, *FUNCTIONS])
def test_every_example_is_a_formula(name: str) -> None:
    read = read_formula({**OPERATORS, **FUNCTIONS}[name].example)
    assert name in {call.function for call in _calls(read)}


def _calls(calculation: Calculation) -> list[Call]:
    if not isinstance(calculation, Call):
        return []
    return [calculation, *(call for argument in calculation.arguments for call in _calls(argument))]
