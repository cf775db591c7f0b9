"""The SQL and the sentences as people see them, kept as snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not, Span, Unit
from penstock.segments.sentence import outline, sentence
from tests.compiling import model_named

Ask = Callable[..., Comparison]
Trees = Mapping[str, Condition]


def every(*parts: Condition) -> Condition:
    return AllOf(conditions=parts)


def either(*parts: Condition) -> Condition:
    return AnyOf(conditions=parts)


@pytest.fixture
def trees(asked: Ask) -> Trees:
    french = asked("name", "is_any_of", "France", "Belgium")
    recent = asked("signed_up_at", "last", Span(count=30, unit=Unit.DAYS))
    paying = asked("plan", "is_not", "free")
    old = asked("created_at", "before", "2024-01-31 10:00")
    return {
        "three": every(french, recent, paying),
        "did not": every(french, Not(condition=recent)),
        "either": every(french, either(paying, old)),
        "or of and": either(french, every(recent, paying)),
        "except": Not(condition=every(french, paying)),
        "but not": every(french, Not(condition=either(recent, old))),
        "double negation": Not(condition=Not(condition=paying)),
        "all": every(),
        "none": either(),
        "nothing left out": every(french, every()),
        "nobody": every(french, either()),
        "deep": every(either(every(french, either(recent, paying)), old), asked("age", "between", 18, 65)),
        "our words": asked("name", "is", "black or white"),
        "quotes": asked("name", "contains", "a” or whose b is “c\n", match_case=True),
        "neither": asked("plan", "is_none_of", "free", "trial"),
        "many": asked("age", "is_none_of", *range(40)),
        "money": asked("spent", "at_least", Decimal("1234.50")),
        "day": asked("born", "on", "2024-01-31"),
        "zone": asked("created_at", "after", "2024-01-31T10:00:05+02:00"),
        "hour": asked("seen_at", "next", Span(count=1, unit=Unit.HOURS)),
        "flag": asked("is_active", "is", True),
        "unknown": asked("name", "is_unknown"),
    }


def test_sentences(trees: Trees, snapshot: SnapshotAssertion) -> None:
    assert {
        name: sentence(tree, model=model_named("customers"), models={}) for name, tree in trees.items()
    } == snapshot


def test_things_are_not_called_who(asked: Ask) -> None:
    told = sentence(asked("created_at", "on", "2024-01-31"), model=model_named("big_orders"), models={})
    assert told == "big orders that were created on 31 January 2024"


def test_outline(trees: Trees, snapshot: SnapshotAssertion) -> None:
    tree = every(trees["deep"], Not(condition=trees["or of and"]), every(), either())
    assert "\n".join(outline(tree, model=model_named("customers"), models={})) == snapshot
