"""Reads a segment's tree of conditions, without recursion: depth is bounded by a limit, not by the stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not, Operator
from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of
from penstock.catalog.operands import read_operands
from penstock.catalog.operators import CASE_MATTERS_TO, OPERATORS, OTHER_GROUPS, OTHER_WORDS
from penstock.catalog.problems import choose_from, listed
from penstock.catalog.reading import Reading
from penstock.catalog.shapes import Flag, Text

MOST_LEVELS: Final = 500
GROUPS: Final = ("all", "any", "not")
LATER: Final = frozenset(
    {"related", "segment", "sql", "within", "count", "sum", "average", "minimum", "maximum", "more_than"}
    | {"anniversary", "then", "did", "contains_any", "contains_all", "contains_none", "where"}
)
_KNOWN: Final = (*GROUPS, "field", *Operator, "match_case")
_ADVICE: Final = "A condition is `all:`, `any:`, `not:`, or a `field:` with one operator."


@dataclass(slots=True)
class _Draft:
    """A condition on its way: what is below it has a later index."""

    node: Node
    level: int
    below: list[int] = field(default_factory=list)
    group: str = ""
    condition: Condition | None = None


def read_condition(node: Node, reading: Reading) -> Condition | None:
    """Return the tree; None if any of it is wrong, which is noted."""
    drafts = [_Draft(node, 1)]
    position = 0
    while position < len(drafts):
        draft = drafts[position]
        for child in _open(draft, reading):
            draft.below.append(len(drafts))
            drafts.append(_Draft(child, draft.level + 1))
        position += 1
    whole = True
    for draft in reversed(drafts):
        if draft.group:
            draft.condition = _joined(draft, drafts)
        whole = whole and draft.condition is not None
    return drafts[0].condition if whole else None


def _joined(draft: _Draft, drafts: list[_Draft]) -> Condition | None:
    below = tuple(part for index in draft.below if (part := drafts[index].condition) is not None)
    match draft.group:
        case "all":
            return AllOf(conditions=below)
        case "any":
            return AnyOf(conditions=below)
        case _:
            return Not(condition=below[0]) if below else None


def _open(draft: _Draft, reading: Reading) -> tuple[Node, ...]:
    """Read the condition if it is a comparison, else return the nodes of the conditions in it."""
    node = draft.node
    if draft.level > MOST_LEVELS:
        _refuse(node, reading, f"conditions are nested more than {MOST_LEVELS} deep", "Split the segment.")
        return ()
    if not isinstance(node, Pairs):
        fix = "Write `all:` or `any:` in front of a list of conditions." if isinstance(node, Items) else _ADVICE
        _refuse(node, reading, f"a condition must be a mapping, but here it is {kind_of(node)}", fix)
        return ()
    if not node.pairs:
        _refuse(node, reading, "a condition is empty", _ADVICE)
        return ()
    if _refuse_unknown_keys(node, reading):
        return ()
    groups = [pair for pair in node.pairs if pair.key in GROUPS]
    if not groups:
        draft.condition = _comparison(node, reading)
        return ()
    if len(node.pairs) > 1:
        other = next(pair for pair in node.pairs if pair is not groups[0])
        _refuse_pair(
            other,
            reading,
            f"`{other.key}` stands beside `{groups[0].key}` in one condition",
            "Give each a list entry of its own under `all:` or `any:`.",
        )
        return ()
    return _members(groups[0], draft, reading)


def _members(group: Pair, draft: _Draft, reading: Reading) -> tuple[Node, ...]:
    if group.key == "not":
        if isinstance(group.value, Items):
            what = "`not` takes one condition, but here it is a list"
            _refuse(group.value, reading, what, "Write `not:` and below it `any:` with the list.")
            return ()
        draft.group = "not"
        return (group.value,)
    if not isinstance(group.value, Items):
        what = f"`{group.key}` takes a list of conditions, but here it is {kind_of(group.value)}"
        _refuse(group.value, reading, what, "Start each condition with `- `.")
        return ()
    draft.group = group.key
    return group.value.items


def _refuse_unknown_keys(node: Pairs, reading: Reading) -> bool:
    refused = False
    for pair in node.pairs:
        if pair.key in _KNOWN:
            continue
        refused = True
        if pair.key in LATER:
            reading.problems.refuse(
                pair.location,
                "not_available",
                f"In {reading.subject}, a condition uses `{pair.key}`, which is not available in this version.",
                "This version knows conditions on the model's own fields; a model with `sql:` can compute one.",
            )
            continue
        meant = OTHER_GROUPS.get(pair.key.lower()) or OTHER_WORDS.get(pair.key.lower())
        fix = f"Did you mean `{meant}`?" if meant else choose_from(pair.key, _KNOWN, none=_ADVICE)
        _refuse_pair(pair, reading, f"a condition has no key `{pair.key[:60]}`", fix, code="unknown_key")
    return refused


def _comparison(node: Pairs, reading: Reading) -> Condition | None:
    name = _field_name(node, reading)
    operators = [pair for pair in node.pairs if pair.key in OPERATORS]
    about = f"the condition on `{name}`" if name else "a condition"
    if not operators:
        _refuse(node, reading, f"{about} has no operator", f"Add one of {listed(Operator)}.")
        return None
    if len(operators) > 1:
        what = f"{about} has two operators, `{operators[0].key}` and `{operators[1].key}`"
        _refuse_pair(operators[1], reading, what, "Make two conditions of it, under `all:` or `any:`.")
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
        _refuse(node, reading, "a condition has no `field`", "Add it, as in `field: country`.")
        return None
    return Text(noun="the name of a field").read(value, reading.under("field", "field: country"))


def _match_case(node: Pairs, operator: Operator, reading: Reading) -> bool | None:
    value = node.get("match_case")
    if value is None:
        return False
    if operator not in CASE_MATTERS_TO:
        what = f"`match_case` stands beside `{operator}`, which does not look at letters"
        _refuse(value, reading, what, "Remove `match_case`.")
        return None
    return Flag().read(value, reading.under("match_case", "match_case: true"))


def _refuse(node: Node, reading: Reading, what: str, fix: str) -> None:
    if isinstance(node, Scalar) and node.value is None:
        fix = _ADVICE
    reading.refuse(node, "bad_condition", f"In {reading.subject}, {what}.", fix)


def _refuse_pair(pair: Pair, reading: Reading, what: str, fix: str, *, code: str = "bad_condition") -> None:
    reading.problems.refuse(pair.location, code, f"In {reading.subject}, {what}.", fix)
