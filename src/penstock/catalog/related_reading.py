"""Reads the conditions on rows of related models: `related`, and `did … then …`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from penstock.catalog.comparison_reading import read_comparison, refuse_condition
from penstock.catalog.conditions import (
    EVERYBODY,
    Aggregate,
    Comparison,
    Condition,
    Followed,
    Have,
    Measure,
    Operator,
    Related,
    Span,
    Step,
)
from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of
from penstock.catalog.operands import read_operands
from penstock.catalog.operators import OPERATORS
from penstock.catalog.problems import choose_from, listed
from penstock.catalog.reading import Reading
from penstock.catalog.shapes import Choice, Text

Join = Callable[[tuple[Condition, ...]], Condition | None]
"""Makes a condition of those below it."""
Opened = tuple[tuple[Node, ...], Join]

RELATED_KEYS: Final = ("related", "where", "within", "have", *Aggregate)
DID_KEYS: Final = ("did", "where", "then", "within")
THEN_KEYS: Final = ("did", "where")
MEASURING: Final = (
    Operator.IS,
    Operator.IS_NOT,
    Operator.LESS_THAN,
    Operator.AT_MOST,
    Operator.GREATER_THAN,
    Operator.AT_LEAST,
    Operator.BETWEEN,
    Operator.ON,
    Operator.BEFORE,
    Operator.AFTER,
    Operator.LAST,
    Operator.NEXT,
    Operator.MORE_THAN_AGO,
)
"""The operators that a figure of related rows can be compared with."""


def read_related(node: Pairs, reading: Reading) -> Opened | None:
    """Return the nodes of the conditions on the related rows, and what makes the condition of them."""
    path = _path(node, "related", reading)
    window = _window(node, reading)
    have = _have(node, reading)
    measured = _measured(node, reading)
    if path is None or window is False or have is None or measured is False:
        return None
    if measured and node.get("have") is not None:
        what = f"`have` stands beside `{measured.aggregate}`"
        refuse_condition(node.location, reading, what, "Keep one of the two.")
        return None
    where = node.get("where")

    def join(parts: tuple[Condition, ...]) -> Condition:
        return Related(
            path=path,
            where=parts[0] if parts else EVERYBODY,
            window=window or None,
            have=have,
            measure=measured or None,
            location=node.location,
        )

    return (() if where is None else (where,)), join


def read_did(node: Pairs, reading: Reading) -> Opened | None:
    """Return the nodes of the conditions on what was done, and what makes the condition of them."""
    path, then, span = _path(node, "did", reading), node.get("then"), _span(node, reading)
    if then is None:
        fix = "Add it, as in `then: {did: orders}`; what was done alone is asked by `related:`."
        refuse_condition(node.location, reading, "a condition with `did` has no `then`", fix)
        return None
    if not isinstance(then, Pairs) or any(pair.key not in THEN_KEYS for pair in then.pairs):
        what = "`then` takes a mapping with `did` and, if need be, `where`"
        refuse_condition(then.location, reading, what, "Write it as in `then: {did: orders, where: …}`.")
        return None
    later = _path(then, "did", reading)
    if path is None or later is None or span is False:
        return None
    wheres = (node.get("where"), then.get("where"))

    def join(parts: tuple[Condition, ...]) -> Condition:
        given = iter(parts)
        first, second = (EVERYBODY if where is None else next(given) for where in wheres)
        return Followed(
            first=Step(path=path, where=first, location=node.location),
            then=Step(path=later, where=second, location=then.location),
            within=span or None,
            location=node.location,
        )

    return tuple(where for where in wheres if where is not None), join


def _path(node: Pairs, key: str, reading: Reading) -> tuple[str, ...] | None:
    """Read the names of relations, one after the other: with dots between them, or as a list."""
    value = node.get(key)
    if value is None:
        what = f"a condition has no `{key}`"
        refuse_condition(node.location, reading, what, f"Add it, as in `{key}: orders`.")
        return None
    return read_path(value, reading.under(key, f"{key}: orders"))


def read_path(value: Node, reading: Reading) -> tuple[str, ...] | None:
    """Read the names of relations, one after the other: with dots between them, or as a list."""
    noun = Text(noun="the name of a relation")
    if isinstance(value, Items):
        names = [noun.read(item, reading) for item in value.items]
        return tuple(name for name in names if name) if names and all(names) else None
    text = noun.read(value, reading)
    if text is None:
        return None
    parts = tuple(text.split("."))
    if all(part.strip() == part and part for part in parts):
        return parts
    what = f"`{reading.key}: {text[:60]}` is no path"
    refuse_condition(value.location, reading, what, f"Write it as in `{reading.example}.lines`.")
    return None


def _window(node: Pairs, reading: Reading) -> Comparison | Literal[False] | None:
    """Read the window; False if it is wrong."""
    within = node.get("within")
    return None if within is None else read_window(within, reading) or False


def read_window(within: Node, reading: Reading) -> Comparison | None:
    """Read which related rows are looked at: a time field of theirs with one operator."""
    if isinstance(within, Pairs):
        return read_comparison(within, reading)
    fix = "Write it as in `within: {field: ordered_at, last: 365 days}`."
    refuse_condition(within.location, reading, "`within` takes a time field with one operator", fix)
    return None


def _have(node: Pairs, reading: Reading) -> Have | None:
    value = node.get("have")
    if value is None:
        return Have.ANY
    word = Choice(words=tuple(Have)).read(value, reading.under("have", "have: none"))
    return None if word is None else Have(word)


def _measured(node: Pairs, reading: Reading) -> Measure | Literal[False] | None:
    """Read the figure that is compared; False if it is wrong."""
    found = [pair for pair in node.pairs if pair.key in set(Aggregate)]
    if not found:
        return None
    if len(found) > 1:
        what = f"`{found[0].key}` and `{found[1].key}` stand in one condition"
        refuse_condition(found[1].location, reading, what, "Give each a list entry of its own under `all:`.")
        return False
    measure = _measure(found[0], reading)
    return False if measure is None else measure


def _measure(pair: Pair, reading: Reading) -> Measure | None:
    aggregate, value = Aggregate(pair.key), pair.value
    is_count = aggregate is Aggregate.COUNT
    example = "{at_least: 2}" if is_count else "{of: total, at_least: 100}"
    allowed = (*(() if is_count else ("of",)), *MEASURING)
    if not isinstance(value, Pairs):
        what = f"`{aggregate}` takes a mapping, but here it is {kind_of(value)}"
        refuse_condition(value.location, reading, what, f"Write it as in `{aggregate}: {example}`.")
        return None
    for other in value.pairs:
        if other.key not in allowed:
            fix = choose_from(other.key, allowed, none="")
            refuse_condition(other.location, reading, f"`{aggregate}` has no key `{other.key[:60]}`", fix)
            return None
    field = _measured_field(value, aggregate, reading)
    operators = [other for other in value.pairs if other.key != "of"]
    if len(operators) != 1:
        what = f"`{aggregate}` takes one operator"
        refuse_condition(value.location, reading, what, f"Use one of {listed(MEASURING)}.")
        return None
    operator = Operator(operators[0].key)
    example = f"{operator}: {OPERATORS[operator].example}"
    operands = read_operands(operator, operators[0].value, reading.under(operator, example))
    if operands is None or (field is None and not is_count):
        return None
    return Measure(aggregate=aggregate, field=field, operator=operator, operands=operands, location=pair.location)


def _measured_field(value: Pairs, aggregate: Aggregate, reading: Reading) -> str | None:
    node = value.get("of")
    if node is None:
        if aggregate is not Aggregate.COUNT:
            fix = f"Add it, as in `{aggregate}: {{of: total, at_least: 100}}`."
            refuse_condition(
                value.location, reading, f"`{aggregate}` does not say of which field: it has no `of`", fix
            )
        return None
    return Text(noun="the name of a field").read(node, reading.under("of", "of: total"))


def _span(node: Pairs, reading: Reading) -> Span | Literal[False] | None:
    """Read the span of `did … within`; False if it is wrong."""
    value = node.get("within")
    if value is None:
        return None
    operands = read_operands(Operator.LAST, value, reading.under("within", "within: 7 days"))
    span = operands[0] if operands else None
    return span if isinstance(span, Span) and isinstance(value, Scalar) else False
