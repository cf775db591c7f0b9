"""How large a segment may be, with all that it is made of, and that it is not made of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from penstock.catalog.condition_reading import MOST_RELATED_LEVELS
from penstock.catalog.conditions import Leaf
from penstock.errors import ConfigurationError, Location, Problem

MOST_INSIDE = 50
"""So many segments and computed fields may be made of one another, one after the other."""
MOST_COMPUTED_INSIDE = 20
"""So many of them may be computed fields, whose places have a dot."""
MOST_CONDITIONS = 50_000
"""So many conditions may a segment have, with those of the segments it is made of."""
MOST_RELATED = 200
"""So many of them may be on related rows: each is a join, and engines plan joins in more than linear time."""
MOST_COMPUTED = 200
"""So many computed fields may a query have, each counted for every set of rows that it is computed for."""


class Bounds:
    """Counts along with the compiler. What is far too large ends it by a ConfigurationError."""

    def __init__(self) -> None:
        self._inside: list[str] = []
        """The segments and computed fields that are being compiled, each for the sake of the one before."""
        self._conditions = 0
        self._related = 0
        self._related_levels = 0
        self._computed = 0

    def count(self, leaf: Leaf) -> None:
        """Count a condition."""
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            fix = "Make it smaller: a list of values can stand in one condition, `is_any_of`."
            raise ConfigurationError.of([_too_large(f"more than {MOST_CONDITIONS:,} conditions", fix, leaf)])

    @contextmanager
    def within_related(self, leaf: Leaf) -> Iterator[Problem | None]:
        """Count a condition on related rows, and what is in it; give what is wrong with that."""
        self._related += 1
        if self._related > MOST_RELATED:
            fix = "Ask more of the same rows at once: `where` can be a group of conditions."
            raise ConfigurationError.of(
                [_too_large(f"more than {MOST_RELATED} conditions on related rows", fix, leaf)]
            )
        if self._related_levels == MOST_RELATED_LEVELS:
            what = f"more than {MOST_RELATED_LEVELS} conditions on related rows within one another"
            yield _too_large(what, "Split it.", leaf)
            return
        self._related_levels += 1
        yield None
        self._related_levels -= 1

    @contextmanager
    def within_segment(self, name: str, location: Location) -> Iterator[Problem | None]:
        """Enter a segment; give what is wrong with that."""
        if name in self._inside:
            message = f"Segment `{name}` is made of itself: {self._circle(name)}."
            fix = "Remove one of these conditions."
            yield Problem(code="segment_cycle", message=message, fix=fix, location=location)
        elif len(self._inside) >= MOST_INSIDE:
            yield _too_deep(location)
        else:
            yield from self._within(name)

    @contextmanager
    def within_computed(self, place: str, location: Location) -> Iterator[Problem | None]:
        """Count and enter a computed field of a model, `model.field`; give what is wrong with that."""
        self._computed += 1
        if self._computed > MOST_COMPUTED:
            message = f"More than {MOST_COMPUTED} computed fields are made of one another, as often as they are used."
            fix = "Compute some of them in the model's SQL."
            raise ConfigurationError.of([Problem(code="too_large", message=message, fix=fix, location=location)])
        if place in self._inside:
            message = f"Computed field `{place}` is made of itself: {self._circle(place)}."
            fix = "Compute one of them otherwise."
            yield Problem(code="computed_cycle", message=message, fix=fix, location=location)
        elif len(self._inside) >= MOST_INSIDE or sum("." in each for each in self._inside) >= MOST_COMPUTED_INSIDE:
            yield _too_deep(location)
        else:
            yield from self._within(place)

    def _within(self, name: str) -> Iterator[None]:
        self._inside.append(name)
        yield None
        self._inside.pop()

    def _circle(self, name: str) -> str:
        return " → ".join([*self._inside[self._inside.index(name) :], name])


def _too_deep(location: Location) -> Problem:
    message = f"More than {MOST_INSIDE} segments, or {MOST_COMPUTED_INSIDE} computed fields, are made of one another."
    return Problem(code="too_large", message=message, fix="Use fewer.", location=location)


def _too_large(what: str, fix: str, leaf: Leaf) -> Problem:
    message = f"The segment has {what}, with those of the segments it is made of."
    return Problem(code="too_large", message=message, fix=fix, location=leaf.location)
