"""Figures and rows of the budget table, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Arguments = Mapping[str, Any]
"""What a step is given, as JSON values."""
Result = Mapping[str, Any]
"""What a step tells, as JSON values."""
Step = Callable[[Arguments], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure; `budget` is empty and `met` is None where nothing is promised."""

    what: str
    value: float
    measured: str
    budget: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A benchmark: what was done, to how many records, in which unit, and the figures."""

    name: str
    what: str
    records: int | None
    unit: str
    figures: tuple[Figure, ...]


def at_most(what: str, value: float, limit: float, unit: str = "×") -> Figure:
    """Make a figure that must not be higher than a limit."""
    return Figure(
        what=what, value=value, measured=_text(value, unit), budget=f"≤ {limit:g} {unit}", met=value <= limit
    )


def at_least(what: str, value: float, limit: float, unit: str) -> Figure:
    """Make a figure that must not be lower than a limit."""
    return Figure(
        what=what, value=value, measured=_text(value, unit), budget=f"≥ {limit:g} {unit}", met=value >= limit
    )


def exactly(what: str, value: int, expected: int) -> Figure:
    """Make a figure that must be a certain number."""
    return Figure(what=what, value=value, measured=f"{value:,}", budget=f"{expected:,}", met=value == expected)


def told(what: str, value: float, unit: str) -> Figure:
    """Make a figure without a budget."""
    return Figure(what=what, value=value, measured=_text(value, unit))


def ends(what: str, failure: str) -> Figure:
    """Make a figure of something that must come to its end; `failure` says why it did not."""
    return Figure(what=what, value=float(not failure), measured=failure or "ends", budget="ends", met=not failure)


def _text(value: float, unit: str) -> str:
    if unit == "MB" or abs(value) >= 1000:
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} {unit}"
