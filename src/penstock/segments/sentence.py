"""A segment in plain English: as one sentence whose grouping cannot be misread, or as an indented outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not
from penstock.segments.phrases import clause, is_negative
from penstock.segments.tree import Branch, children, fold
from penstock.segments.wording import field_words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Simple:
    """A single comparison, or the negation of one."""

    comparison: Comparison
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Several clauses joined by `and` (`every`) or `or`; of none, everybody or nobody."""

    every: bool
    clauses: tuple[str, ...] = ()
    negative: tuple[bool, ...] = ()
    simple: bool = True
    """Consists of single comparisons only."""
    negated: bool = False


_Part = _Simple | _Group


def sentence(condition: Condition, *, model: str) -> str:
    """Return `customers whose country is France, and who signed up …`, without a full stop."""

    def branch(branch: Branch, parts: list[_Part]) -> _Part:
        return _opposite(parts[0]) if isinstance(branch, Not) else _group(branch, parts, model)

    found = fold(condition, comparison=_simple, branch=branch)
    subject = field_words(model)
    if isinstance(found, _Simple):
        return f"{subject} {_clause(found, model)}"
    if not found.clauses:
        return f"{'all' if found.every != found.negated else 'no'} {subject}"
    if found.negated:
        return f"all {subject} except those {_parenthesised(found)}"
    return f"{subject} {_joined(found)}"


def outline(condition: Condition) -> tuple[str, ...]:
    """Return the tree as lines, each level indented by two spaces under `all of`, `any of` or `not`."""
    lines: list[str] = []
    waiting: list[tuple[Condition, int]] = [(condition, 0)]
    while waiting:
        current, depth = waiting.pop()
        indent = "  " * depth
        if isinstance(current, Comparison):
            told = clause(current, model="records", negated=False)
            lines.append(indent + told.removeprefix("whose ").removeprefix("that "))
            continue
        lines.append(f"{indent}{_title(current)}")
        waiting.extend((child, depth + 1) for child in reversed(children(current)))
    return tuple(lines)


def _title(branch: Branch) -> str:
    if isinstance(branch, Not):
        return "not:"
    if not branch.conditions:
        return "everybody" if isinstance(branch, AllOf) else "nobody"
    return "all of:" if isinstance(branch, AllOf) else "any of:"


def _simple(comparison: Comparison) -> _Part:
    return _Simple(comparison=comparison)


def _opposite(part: _Part) -> _Part:
    if isinstance(part, _Simple):
        return _Simple(comparison=part.comparison, negated=not part.negated)
    return _Group(
        every=part.every,
        clauses=part.clauses,
        negative=part.negative,
        simple=part.simple,
        negated=not part.negated,
    )


def _group(branch: AllOf | AnyOf, parts: Sequence[_Part], model: str) -> _Part:
    """Join parts; what holds for everybody or nobody is left out or settles the whole."""
    every = isinstance(branch, AllOf)
    told: list[_Part] = []
    for part in parts:
        if isinstance(part, _Simple) or part.clauses:
            told.append(part)
        elif (part.every != part.negated) != every:
            return _Group(every=not every)
    if len(told) == 1:
        return told[0]
    return _Group(
        every=every,
        clauses=tuple(_within(part, model, every) for part in told),
        negative=tuple(_says_what_is_not(part) for part in told),
        simple=all(isinstance(part, _Simple) for part in told),
    )


def _within(part: _Part, model: str, every: bool) -> str:
    """Word a part of a larger group so that it stays one: with `either … or …`, else in parentheses."""
    if isinstance(part, _Simple):
        return _clause(part, model)
    if every and part.simple and not part.every and not part.negated:
        return f"either {' or '.join(part.clauses)}"
    return f"not {_parenthesised(part)}" if part.negated else _parenthesised(part)


def _parenthesised(group: _Group) -> str:
    return f"({(' and ' if group.every else ' or ').join(group.clauses)})"


def _joined(group: _Group) -> str:
    """Join the clauses of the whole sentence; a last one that says what is not, alone, comes with `but`."""
    *first, last = group.clauses
    if not group.every:
        return f"{', or '.join([*first, last])}"
    contrast = group.negative[-1] and not any(group.negative[:-1])
    return f"{', and '.join(first)}, {'but' if contrast else 'and'} {last}"


def _clause(part: _Simple, model: str) -> str:
    return clause(part.comparison, model=model, negated=part.negated)


def _says_what_is_not(part: _Part) -> bool:
    return is_negative(part.comparison, negated=part.negated) if isinstance(part, _Simple) else part.negated
