"""What the law does not draw, run on every engine: spans of time, patterns, and texts that look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from penstock.catalog.conditions import AllOf, Comparison, Condition, Followed, Span, Step, Unit
from tests.compiling import HERE
from tests.unit.segments.engines import Engine
from tests.unit.segments.shop import COLUMNS, MODELS
from tests.unit.segments.test_related_agreement import Shop, segment_of

Select = Callable[[Condition, Sequence[Mapping[str, object]]], list[int]]
Ask = Callable[..., Comparison]

EVERY = AllOf(conditions=())
LOOK_ALIKE = [
    "a",
    "a ",
    " a",
    "A",
    "á",
    "ａ",
    "",
    " ",
    "a\t",
    "a.",
    "[a]",
    "a_",
    "a%",
    "ab",
    "a\\",
    "\\a",
    "😀",
    "a😀b",
]


@pytest.mark.parametrize(
    ("count", "unit", "first", "later", "is_within"),
    [
        (1, Unit.MONTHS, "2024-01-31 10:00:00.5", "2024-02-29 10:00:00.5", True),
        (1, Unit.MONTHS, "2024-01-31 10:00:00.5", "2024-02-29 10:00:00.500001", False),
        (13, Unit.MONTHS, "2024-01-31 10:00:00", "2025-02-28 10:00:00", True),
        (13, Unit.MONTHS, "2024-01-31 10:00:00", "2025-03-01 00:00:00", False),
        (1, Unit.YEARS, "2024-02-29 10:00:00", "2025-02-28 10:00:00", True),
        (1, Unit.YEARS, "2024-02-29 10:00:00", "2025-02-28 10:00:01", False),
        (2, Unit.WEEKS, "2024-02-20 23:59:59.999999", "2024-03-05 23:59:59.999999", True),
        (2, Unit.WEEKS, "2024-02-20 23:59:59.999998", "2024-03-05 23:59:59.999999", False),
        (25, Unit.HOURS, "2024-02-28 23:59:59.999999", "2024-03-01 00:59:59.999999", True),
        (25, Unit.HOURS, "2024-02-28 23:59:59.999999", "2024-03-01 01:00:00", False),
    ],
)
def test_within_a_span(count: int, unit: Unit, first: str, later: str, is_within: bool, engine: Engine) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    tables["customers"] = [row("customers", id=1, shop="a", number=1)]
    tables["visits"] = [row("visits", id=1, shop="a", customer=1, seen_at=datetime.fromisoformat(first))]
    tables["orders"] = [row("orders", id=1, shop="a", customer=1, ordered_at=datetime.fromisoformat(later))]
    steps = [Step(path=(name,), where=EVERY, location=HERE) for name in ("visits", "orders")]
    asked = Followed(first=steps[0], then=steps[1], within=Span(count=count, unit=unit), location=HERE)
    assert Shop(engine, MODELS, tables).selected(segment_of("asked", asked)) == ([1] if is_within else [])


def row(table: str, **values: object) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS[table]), **values}


@pytest.mark.parametrize("text", [text for text in LOOK_ALIKE if text])
def test_texts_that_look_alike_are_told_apart(text: str, select: Select, asked: Ask) -> None:
    rows = [{"name": name} for name in LOOK_ALIKE]
    assert select(asked("name", "is", text, match_case=True), rows) == [LOOK_ALIKE.index(text)]
    for operator, holds in (
        ("is", lambda name: name.lower() == text.lower()),
        ("starts_with", lambda name: name.lower().startswith(text.lower())),
        ("ends_with", lambda name: name.lower().endswith(text.lower())),
        ("contains", lambda name: text.lower() in name.lower()),
    ):
        found = [LOOK_ALIKE[number] for number in select(asked("name", operator, text), rows)]
        assert found == [name for name in LOOK_ALIKE if holds(name)], operator


def test_a_question_mark_is_one_character(select: Select, asked: Ask) -> None:
    rows = [{"name": name} for name in LOOK_ALIKE]
    found = [LOOK_ALIKE[number] for number in select(asked("name", "matches", "?"), rows)]
    assert found == [name for name in LOOK_ALIKE if len(name) == 1]
