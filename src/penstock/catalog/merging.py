"""Makes a mapping of keys and values: refuses a key that occurs twice, takes in what `<<` merges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from penstock.catalog.nodes import Items, Node, Pair, Pairs, Scalar, kind_of
from penstock.catalog.problems import Problems
from penstock.errors import Location

_MERGE = "<<"


def mapping_of(children: Sequence[Node], location: Location, problems: Problems) -> Pairs:
    """Return the mapping whose keys and values alternate in `children`."""
    own: dict[str, Pair] = {}
    merged: list[Pair] = []
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            problems.refuse(
                key.location,
                "yaml_key",
                f"A key must be a word, but here it is {kind_of(key)}.",
                "Write `key: value`.",
            )
        elif key.written == _MERGE and key.value == _MERGE:
            merged.extend(_merged_pairs(value, problems))
        elif key.written in own:
            problems.refuse(
                key.location,
                "duplicate_key",
                f"The key `{key.written}` stands here a second time; the first is on line"
                f" {own[key.written].location.line}.",
                "Keep one of the two.",
            )
        else:
            own[key.written] = Pair(key=key.written, value=_placed(value, key), location=key.location)
    for pair in merged:
        own.setdefault(pair.key, pair)
    return Pairs(pairs=tuple(own.values()), location=location)


def _placed(value: Node, key: Scalar) -> Node:
    # The parser places a value that is left out where the next thing starts.
    if isinstance(value, Scalar) and value.value is None and not value.written:
        return replace(value, location=key.location)
    return value


def _merged_pairs(value: Node, problems: Problems) -> list[Pair]:
    parts = value.items if isinstance(value, Items) else (value,)
    pairs: list[Pair] = []
    for part in parts:
        if isinstance(part, Pairs):
            pairs.extend(part.pairs)
        else:
            problems.refuse(
                part.location,
                "yaml_key",
                f"`<<` takes a mapping to merge, but here it is {kind_of(part)}.",
                "Write an alias of a mapping, as in `<<: *name`.",
            )
    return pairs
