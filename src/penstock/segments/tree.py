"""Walks over a tree of conditions that do not recurse, so that depth costs no stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not

T = TypeVar("T")
Branch = AllOf | AnyOf | Not


def children(branch: Branch) -> tuple[Condition, ...]:
    """Return the conditions right below a branch."""
    return (branch.condition,) if isinstance(branch, Not) else branch.conditions


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison of the tree, in the order in which it is written."""
    waiting: list[Condition] = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Comparison):
            yield current
        else:
            waiting.extend(reversed(children(current)))


def fold(
    condition: Condition,
    *,
    comparison: Callable[[Comparison], T],
    branch: Callable[[Branch, list[T]], T],
) -> T:
    """Compute a value for the tree from the bottom up: of each comparison, then of each branch."""
    results: list[T] = []
    waiting: list[tuple[Condition, bool]] = [(condition, False)]
    while waiting:
        current, below_is_done = waiting.pop()
        if isinstance(current, Comparison):
            results.append(comparison(current))
        elif below_is_done:
            first = len(results) - len(children(current))
            results[first:] = [branch(current, results[first:])]
        else:
            waiting.append((current, True))
            waiting.extend((child, False) for child in reversed(children(current)))
    return results[0]
