"""Reads a condition on one field: the field, one operator, and what stands behind it."""

from __future__ import annotations

from penstock.catalog.conditions import Comparison, Operator
from penstock.catalog.nodes import Pairs
from penstock.catalog.operands import read_operands
from penstock.catalog.operators import CASE_MATTERS_TO, OPERATORS
from penstock.catalog.problems import listed
from penstock.catalog.reading import Reading
from penstock.catalog.shapes import Flag, Text
from penstock.errors import Location


def read_comparison(node: Pairs, reading: Reading) -> Comparison | None:
    """Return the comparison; None if it is wrong, which is noted."""
    name = _field_name(node, reading)
    operators = [pair for pair in node.pairs if pair.key in OPERATORS]
    about = f"the condition on `{name}`" if name else "a condition"
    if not operators:
        refuse_condition(node.location, reading, f"{about} has no operator", f"Add one of {listed(Operator)}.")
        return None
    if len(operators) > 1:
        what = f"{about} has two operators, `{operators[0].key}` and `{operators[1].key}`"
        refuse_condition(operators[1].location, reading, what, "Make two conditions of it, under `all:` or `any:`.")
        return None
    operator = Operator(operators[0].key)
    example = f"{operator}: {OPERATORS[operator].example}"
    operands = read_operands(operator, operators[0].value, reading.under(operator, example))
    match_case = _match_case(node, operator, reading)
    if name is None or operands is None or match_case is None:
        return None
    return Comparison(field=name, operator=operator, operands=operands, match_case=match_case, location=node.location)


def _field_name(node: Pairs, reading: Reading) -> str | None:
    value = node.get("field")
    if value is None:
        refuse_condition(node.location, reading, "a condition has no `field`", "Add it, as in `field: country`.")
        return None
    return Text(noun="the name of a field").read(value, reading.under("field", "field: country"))


def _match_case(node: Pairs, operator: Operator, reading: Reading) -> bool | None:
    value = node.get("match_case")
    if value is None:
        return False
    if operator not in CASE_MATTERS_TO:
        what = f"`match_case` stands beside `{operator}`, which does not look at letters"
        refuse_condition(value.location, reading, what, "Remove `match_case`.")
        return None
    return Flag().read(value, reading.under("match_case", "match_case: true"))


def refuse_condition(location: Location, reading: Reading, what: str, fix: str) -> None:
    """Note a mistake in a condition."""
    reading.problems.refuse(location, "bad_condition", f"In {reading.subject}, {what}.", fix)
