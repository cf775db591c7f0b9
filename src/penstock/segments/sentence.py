"""A segment in plain English: as one sentence whose grouping cannot be misread, or as an indented outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Have, Leaf, Not, Related
from penstock.catalog.entities import Model, Segment
from penstock.segments.phrases import is_negative
from penstock.segments.related_phrases import Narrator
from penstock.segments.tree import Branch, children, fold
from penstock.segments.wording import field_words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Simple:
    """A single condition, or the negation of one."""

    leaf: Leaf
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


def sentence(condition: Condition, *, model: Model, models: Mapping[str, Model]) -> str:
    """Return `customers whose country is France, and who signed up …`, without a full stop."""
    teller = _Teller(models)
    found = teller.part(condition, model)
    subject = field_words(model.name)
    if isinstance(found, _Simple):
        return f"{subject} {teller.clause(found, model)}"
    if not found.clauses:
        return f"{'all' if found.every != found.negated else 'no'} {subject}"
    if found.negated:
        return f"all {subject} except those {_parenthesised(found)}"
    return f"{subject} {_joined(found)}"


def segment_sentence(segment: Segment, models: Mapping[str, Model]) -> str:
    """Return the sentence of a segment, with what it keeps of those for whom its conditions hold."""
    told = sentence(segment.where, model=models[segment.model], models=models)
    if segment.top is not None:
        which = "lowest" if segment.top.lowest else "highest"
        told = f"the {segment.top.number:,} with the {which} {field_words(segment.top.by)} of {told}"
    if segment.split is not None:
        share = (
            f"from {segment.split.low}% to {segment.split.high}%" if segment.split.low else f"{segment.split.high}%"
        )
        told = f"a fixed share ({share}, {field_words(segment.split.salt)}) of {told}"
    if segment.hold_out is not None:
        share = f"{segment.hold_out.high - segment.hold_out.low}%"
        told = f"{told}, less {share} held out ({field_words(segment.hold_out.salt)})"
    return told


def outline(condition: Condition, *, model: Model, models: Mapping[str, Model]) -> tuple[str, ...]:
    """Return the tree as lines, each level indented by two spaces under `all of`, `any of` or `not`."""
    teller = _Teller(models)
    lines: list[str] = []
    waiting: list[tuple[Condition, int]] = [(condition, 0)]
    while waiting:
        current, depth = waiting.pop()
        indent = "  " * depth
        if not isinstance(current, AllOf | AnyOf | Not):
            told = teller.clause(_Simple(leaf=current), model)
            lines.append(indent + told.removeprefix("whose ").removeprefix("that ").removeprefix("who "))
            continue
        lines.append(f"{indent}{_title(current)}")
        waiting.extend((child, depth + 1) for child in reversed(children(current)))
    return tuple(lines)


class _Teller:
    """Words conditions about the rows of models."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._narrator = Narrator(models=models, inner=self.inner)

    def part(self, condition: Condition, model: Model) -> _Part:
        """Return what a tree of conditions says."""

        def branch(branch: Branch, parts: list[_Part]) -> _Part:
            return _opposite(parts[0]) if isinstance(branch, Not) else self._group(branch, parts, model)

        return fold(condition, leaf=lambda leaf: _Simple(leaf=leaf), branch=branch)

    def inner(self, condition: Condition, model: Model) -> str:
        """Word a condition within a clause: without commas, and nothing for what holds for all."""
        found = self.part(condition, model)
        if isinstance(found, _Simple):
            return self.clause(found, model)
        if not found.clauses:
            return "" if found.every != found.negated else "that are none at all"
        if found.negated:
            return f"except those {_parenthesised(found)}"
        return (" and " if found.every else " or ").join(found.clauses)

    def clause(self, part: _Simple, model: Model) -> str:
        """Word a single condition."""
        return self._narrator.clause(part.leaf, model, negated=part.negated)

    def _group(self, branch: AllOf | AnyOf, parts: Sequence[_Part], model: Model) -> _Part:
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
            clauses=tuple(self._within(part, model, every) for part in told),
            negative=tuple(_says_what_is_not(part) for part in told),
            simple=all(isinstance(part, _Simple) for part in told),
        )

    def _within(self, part: _Part, model: Model, every: bool) -> str:
        """Word a part of a larger group so that it stays one: with `either … or …`, else in parentheses."""
        if isinstance(part, _Simple):
            return self.clause(part, model)
        if every and part.simple and not part.every and not part.negated:
            return f"either {' or '.join(part.clauses)}"
        return f"not {_parenthesised(part)}" if part.negated else _parenthesised(part)


def _title(branch: Branch) -> str:
    if isinstance(branch, Not):
        return "not:"
    if not branch.conditions:
        return "everybody" if isinstance(branch, AllOf) else "nobody"
    return "all of:" if isinstance(branch, AllOf) else "any of:"


def _opposite(part: _Part) -> _Part:
    if isinstance(part, _Simple):
        return _Simple(leaf=part.leaf, negated=not part.negated)
    return _Group(
        every=part.every,
        clauses=part.clauses,
        negative=part.negative,
        simple=part.simple,
        negated=not part.negated,
    )


def _parenthesised(group: _Group) -> str:
    return f"({(' and ' if group.every else ' or ').join(group.clauses)})"


def _joined(group: _Group) -> str:
    """Join the clauses of the whole sentence; a last one that says what is not, alone, comes with `but`."""
    *first, last = group.clauses
    if not group.every:
        return f"{', or '.join([*first, last])}"
    contrast = group.negative[-1] and not any(group.negative[:-1])
    return f"{', and '.join(first)}, {'but' if contrast else 'and'} {last}"


def _says_what_is_not(part: _Part) -> bool:
    if not isinstance(part, _Simple):
        return part.negated
    leaf = part.leaf
    if isinstance(leaf, Comparison):
        return is_negative(leaf, negated=part.negated)
    return part.negated != (isinstance(leaf, Related) and leaf.have is Have.NONE)
