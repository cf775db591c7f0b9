"""Groups problems and warnings that say the same of several names, so that six of a kind are read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from penstock.errors import Problem, Severity

_NAME = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A problem, and further ones that differ from it in one name only."""

    first: Problem
    others: tuple[Problem, ...]

    @property
    def other_names(self) -> tuple[str, ...]:
        """The names of which the same holds."""
        return tuple(distinct_name(other.message, self.first.message) for other in self.others)


def group_alike(problems: Sequence[Problem]) -> tuple[Alike, ...]:
    """Group problems, refusals before warnings, otherwise in their order."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: each.severity is Severity.WARNING):
        key = _kind(problem)
        groups.setdefault(key, []).append(problem)
    return tuple(Alike(first=group[0], others=tuple(group[1:])) for group in groups.values())


def group_sentences(sentences: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Group sentences: the first of each kind, and the names of which the same holds."""
    groups: dict[str, list[str]] = {}
    for sentence in dict.fromkeys(sentences):
        groups.setdefault(_pattern(sentence), []).append(sentence)
    return tuple(
        (first, tuple(distinct_name(other, first) for other in others)) for first, *others in groups.values()
    )


def distinct_name(sentence: str, other: str) -> str:
    """Return the first name in a sentence that another of the same kind does not have at its place."""
    names, others = _NAME.findall(sentence), _NAME.findall(other)
    return next((name for name, its in zip(names, others, strict=False) if name != its), names[0] if names else "")


def first_name(sentence: str) -> str:
    """Return the name that a sentence is about, as it stands there; empty if there is none."""
    found = _NAME.search(sentence)
    return found.group() if found else ""


def _kind(problem: Problem) -> tuple[str, ...]:
    return problem.severity, problem.code, _pattern(problem.message), _pattern(problem.fix)


def _pattern(sentence: str) -> str:
    """The sentence with one and the same name for the name it is about; other names must be equal."""
    names = _NAME.findall(sentence)
    return sentence.replace(names[0], "`…`") if names else sentence
