"""Reads a segment's tree of conditions, without recursion: depth is bounded by a limit, not by the stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from penstock.catalog.comparison_reading import read_comparison
from penstock.catalog.conditions import AllOf, AnyOf, Condition, InSegment, Not, Operator, Sql
from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of
from penstock.catalog.operators import OTHER_GROUPS, OTHER_WORDS
from penstock.catalog.problems import choose_from
from penstock.catalog.reading import Reading
from penstock.catalog.related_reading import DID_KEYS, RELATED_KEYS, Join, read_did, read_related
from penstock.catalog.shapes import Reference, Text

MOST_LEVELS: Final = 500
MOST_RELATED_LEVELS: Final = 20
"""So often may conditions on related rows stand within one another; each is a query of its own."""
GROUPS: Final = ("all", "any", "not")
KINDS: Final = (*GROUPS, "field", "related", "did", "segment", "sql")
"""Every condition has exactly one of these keys."""
_ADVICE: Final = (
    "A condition is `all:`, `any:`, `not:`, `related:`, `did:`, `segment:`, or a `field:` with one operator."
)
_ALLOWED: Final = MappingProxyType(
    {
        "field": ("field", *Operator, "match_case"),
        "related": RELATED_KEYS,
        "did": DID_KEYS,
        "segment": ("segment",),
        "sql": ("sql",),
    }
)
_KNOWN: Final = tuple(dict.fromkeys([*GROUPS, *(key for keys in _ALLOWED.values() for key in keys)]))


@dataclass(slots=True)
class _Draft:
    """A condition on its way: what is below it has a later index; `join` makes it of what is below."""

    node: Node
    level: int
    related_level: int = 0
    """How often it went over to related rows, this condition included."""
    below: list[int] = field(default_factory=list)
    join: Join | None = None
    condition: Condition | None = None


def read_condition(node: Node, reading: Reading) -> Condition | None:
    """Return the tree; None if any of it is wrong, which is noted."""
    drafts = [_Draft(node, 1)]
    position = 0
    while position < len(drafts):
        draft = drafts[position]
        for child in _open(draft, reading):
            draft.below.append(len(drafts))
            drafts.append(_Draft(child, draft.level + 1, draft.related_level))
        position += 1
    whole = True
    for draft in reversed(drafts):
        below = [drafts[index].condition for index in draft.below]
        parts = tuple(part for part in below if part is not None)
        if draft.join is not None and len(parts) == len(below):
            draft.condition = draft.join(parts)
        whole = whole and draft.condition is not None
    return drafts[0].condition if whole else None


def _open(draft: _Draft, reading: Reading) -> tuple[Node, ...]:
    """Read the condition if there is none in it, else return the nodes of those."""
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
    kinds = sorted((pair for pair in node.pairs if pair.key in KINDS), key=lambda pair: pair.key not in GROUPS)
    if not kinds:
        _refuse(node, reading, "a condition has no `field`", "Add it, as in `field: country`.")
        return ()
    kind = kinds[0]
    allowed = _ALLOWED.get(kind.key, (kind.key,))
    for other in node.pairs:
        if other.key not in allowed:
            _refuse_pair(
                other,
                reading,
                f"`{other.key}` stands beside `{kind.key}` in one condition",
                "Give each a list entry of its own under `all:` or `any:`.",
            )
            return ()
    return _read(kind, node, draft, reading)


def _read(kind: Pair, node: Pairs, draft: _Draft, reading: Reading) -> tuple[Node, ...]:
    match kind.key:
        case "field":
            draft.condition = read_comparison(node, reading)
            return ()
        case "segment":
            name = Reference(section="segments").read(kind.value, reading.under("segment", "segment: churned"))
            draft.condition = None if name is None else InSegment(segment=name, location=node.location)
            return ()
        case "sql":
            sql = Text(noun="an expression in SQL").read(kind.value, reading.under("sql", "sql: total > 2 * paid"))
            draft.condition = None if sql is None else Sql(sql=sql, location=node.location)
            return ()
        case "related" | "did":
            draft.related_level += 1
            if draft.related_level > MOST_RELATED_LEVELS:
                what = f"conditions on related rows are nested more than {MOST_RELATED_LEVELS} deep"
                _refuse(node, reading, what, "Split the segment.")
                return ()
            opened = (read_related if kind.key == "related" else read_did)(node, reading)
            if opened is None:
                return ()
            below, draft.join = opened
            return below
    return _members(kind, draft, reading)


def _members(group: Pair, draft: _Draft, reading: Reading) -> tuple[Node, ...]:
    if group.key == "not":
        if isinstance(group.value, Items):
            what = "`not` takes one condition, but here it is a list"
            _refuse(group.value, reading, what, "Write `not:` and below it `any:` with the list.")
            return ()
        draft.join = lambda parts: Not(condition=parts[0])
        return (group.value,)
    if not isinstance(group.value, Items):
        what = f"`{group.key}` takes a list of conditions, but here it is {kind_of(group.value)}"
        _refuse(group.value, reading, what, "Start each condition with `- `.")
        return ()
    made = AllOf if group.key == "all" else AnyOf
    draft.join = lambda parts: made(conditions=parts)
    return group.value.items


def _refuse_unknown_keys(node: Pairs, reading: Reading) -> bool:
    refused = False
    for pair in node.pairs:
        if pair.key in _KNOWN:
            continue
        refused = True
        meant = OTHER_GROUPS.get(pair.key.lower()) or OTHER_WORDS.get(pair.key.lower())
        fix = f"Did you mean `{meant}`?" if meant else choose_from(pair.key, _KNOWN, none=_ADVICE)
        _refuse_pair(pair, reading, f"a condition has no key `{pair.key[:60]}`", fix, code="unknown_key")
    return refused


def _refuse(node: Node, reading: Reading, what: str, fix: str) -> None:
    if isinstance(node, Scalar) and node.value is None:
        fix = _ADVICE
    reading.refuse(node, "bad_condition", f"In {reading.subject}, {what}.", fix)


def _refuse_pair(pair: Pair, reading: Reading, what: str, fix: str, *, code: str = "bad_condition") -> None:
    reading.problems.refuse(pair.location, code, f"In {reading.subject}, {what}.", fix)
