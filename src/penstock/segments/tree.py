"""Walks over a tree of conditions that do not recurse, so that depth costs no stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from penstock.catalog.conditions import AllOf, AnyOf, Condition, Leaf, Not

T = TypeVar("T")
Branch = AllOf | AnyOf | Not


def children(branch: Branch) -> tuple[Condition, ...]:
    """Return the conditions right below a branch."""
    return (branch.condition,) if isinstance(branch, Not) else branch.conditions


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield what the tree asks, in the order in which it is written; not what is asked of related rows."""
    waiting: list[Condition] = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, AllOf | AnyOf | Not):
            waiting.extend(reversed(children(current)))
        else:
            yield current


def fold(
    condition: Condition,
    *,
    leaf: Callable[[Leaf], T],
    branch: Callable[[Branch, list[T]], T],
) -> T:
    """Compute a value for the tree from the bottom up: of each leaf, then of each branch."""
    results: list[T] = []
    waiting: list[tuple[Condition, bool]] = [(condition, False)]
    while waiting:
        current, below_is_done = waiting.pop()
        if not isinstance(current, AllOf | AnyOf | Not):
            results.append(leaf(current))
        elif below_is_done:
            first = len(results) - len(children(current))
            results[first:] = [branch(current, results[first:])]
        else:
            waiting.append((current, True))
            waiting.extend((child, False) for child in reversed(children(current)))
    return results[0]
