"""Reads what stands behind an operator of a condition."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Final

from penstock.catalog.conditions import Operator, Span, Unit
from penstock.catalog.conditions import Scalar as Operand
from penstock.catalog.nodes import Items, Node, Scalar, kind_of, shortened
from penstock.catalog.operators import OPERATORS, Takes
from penstock.catalog.plain_values import moment_of
from penstock.catalog.problems import choose_from
from penstock.catalog.reading import Reading

SPAN_PATTERN: Final = r"([1-9][0-9]{0,4}) *(hour|day|week|month|year)s?"

Operands = tuple[Operand | Span, ...]


def read_operands(operator: Operator, node: Node, reading: Reading) -> Operands | None:
    """Return the operands; None if they are not what the operator takes, which is noted."""
    match OPERATORS[operator].takes:
        case Takes.VALUES:
            return _values(operator, node, reading)
        case Takes.PAIR:
            return _pair(operator, node, reading)
        case Takes.TRUE:
            return _true(operator, node, reading)
        case Takes.SPAN:
            return _span(node, reading)
        case takes:
            value = _one(operator, takes, node, reading)
            return None if value is None else (value,)


def _one(operator: Operator, takes: Takes, node: Node, reading: Reading) -> Operand | None:
    if isinstance(node, Items) and operator in (Operator.IS, Operator.IS_NOT):
        other = Operator.IS_ANY_OF if operator is Operator.IS else Operator.IS_NONE_OF
        _refuse(node, reading, "one value, but here it is a list", f"Use `{other}` for a list.")
        return None
    value = _scalar(operator, node, reading)
    if value is None:
        return None
    if takes is Takes.TEXT and not isinstance(value, str):
        _refuse(node, reading, f"text, but here it is {kind_of(node)}", f'Put it in quotes: `"{_quote(node)}"`.')
        return None
    if takes is Takes.PART and isinstance(value, bool | date):
        _refuse(
            node, reading, f"{takes.value}, but here it is {kind_of(node)}", f'Put it in quotes: `"{_quote(node)}"`.'
        )
        return None
    if takes is Takes.MOMENT:
        return _moment(value, node, reading)
    if takes is Takes.ORDERED and isinstance(value, str | bool):
        fix = "Write the number without quotes." if isinstance(value, str) else f"Use `is: {_quote(node)}`."
        _refuse(node, reading, f"{takes.value}, but here it is {kind_of(node)}", fix)
        return None
    return value


def _scalar(operator: Operator, node: Node, reading: Reading) -> Operand | None:
    if not isinstance(node, Scalar):
        _refuse(node, reading, f"{OPERATORS[operator].takes.value}, not {kind_of(node)}", reading.example)
        return None
    value = node.value
    if value is None:
        other = "is_known" if operator in (Operator.IS_NOT, Operator.IS_NONE_OF) else "is_unknown"
        _refuse(node, reading, "a value, but here there is nothing", f"To ask for no value, use `{other}: true`.")
        return None
    if isinstance(value, float) and not isfinite(value):
        _refuse(node, reading, "a finite number", "Write a number, or put it in quotes if it is text.")
        return None
    return value


def _moment(value: Operand, node: Node, reading: Reading) -> date | None:
    moment = moment_of(value) if isinstance(value, str) else value
    if isinstance(moment, date):
        return moment
    _refuse(
        node,
        reading,
        f"a date, but `{_quote(node)}` is none",
        "Write it as year-month-day, as in `2026-01-31`, with a time if need be: `2026-01-31 18:30`.",
    )
    return None


def _values(operator: Operator, node: Node, reading: Reading) -> Operands | None:
    if not isinstance(node, Items):
        _refuse(node, reading, f"a list, but here it is {kind_of(node)}", f"Write it as in `{reading.example}`.")
        return None
    if not node.items:
        _refuse(node, reading, "a list of at least one value", "Add the values, or remove the condition.")
        return None
    values = [_scalar(operator, item, reading) for item in node.items]
    found = tuple(value for value in values if value is not None)
    return found if len(found) == len(values) else None


def _pair(operator: Operator, node: Node, reading: Reading) -> Operands | None:
    if not isinstance(node, Items) or len(node.items) != 2:
        found = f"a list of {len(node.items)}" if isinstance(node, Items) else kind_of(node)
        fix = f"Write it as in `{reading.example}`."
        _refuse(node, reading, f"a list of exactly two values, but here it is {found}", fix)
        return None
    low, high = (_bound(operator, item, reading) for item in node.items)
    if low is None or high is None:
        return None
    low_rank, high_rank = _rank(low), _rank(high)
    if type(low_rank) is not type(high_rank):
        _refuse(node, reading, "two numbers or two dates", "Do not mix the two.")
        return None
    if _is_after(low_rank, high_rank):
        first, second = (_quote(item) for item in node.items)
        _refuse(node, reading, "two values, the lower one first", f"Swap them: `[{second}, {first}]`.")
        return None
    return (low, high)


def _bound(operator: Operator, node: Node, reading: Reading) -> Operand | None:
    value = _scalar(operator, node, reading)
    if isinstance(value, str):
        return _moment(value, node, reading)
    if isinstance(value, bool):
        _refuse(node, reading, "two numbers or two dates", f"Use `is: {_quote(node)}`.")
        return None
    return value


def _rank(value: Operand) -> Decimal | datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - compared with its like only
    return Decimal(value)


def _is_after(low: Decimal | datetime, high: Decimal | datetime) -> bool:
    if isinstance(low, datetime) and isinstance(high, datetime):
        # With a zone on one side only, the order depends on the project's zone: left to the query.
        return (low.tzinfo is None) == (high.tzinfo is None) and low > high
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low > high


def _true(operator: Operator, node: Node, reading: Reading) -> Operands | None:
    value = node.value if isinstance(node, Scalar) else None
    if value is True:
        return ()
    contrary = OPERATORS[operator].contrary
    fix = f"Use `{contrary}: true`." if value is False else f"Write `{operator}: true`."
    found = "`false`" if value is False else kind_of(node)
    _refuse(node, reading, f"`true`, but here it is {found}", fix)
    return None


def _span(node: Node, reading: Reading) -> Operands | None:
    written = node.written.strip() if isinstance(node, Scalar) else ""
    found = re.fullmatch(SPAN_PATTERN, written)
    if found is not None:
        return (Span(count=int(found[1]), unit=Unit(f"{found[2]}s")),)
    word = re.fullmatch(r"[1-9][0-9]* *([a-z]+)", written)
    fix = "Write a number and hours, days, weeks, months or years, as in `30 days`."
    if word is not None:
        fix = choose_from(word[1], list(Unit), none=fix)
    quoted = f"`{shortened(written)}` is none" if written else f"here it is {kind_of(node)}"
    _refuse(node, reading, f"a span of time such as `30 days`, but {quoted}", fix)
    return None


def _quote(node: Node) -> str:
    return shortened(node.written) if isinstance(node, Scalar) else kind_of(node)


def _refuse(node: Node, reading: Reading, what: str, fix: str) -> None:
    reading.refuse(node, "bad_operand", f"In {reading.subject}, `{reading.key}` takes {what}.", fix)
