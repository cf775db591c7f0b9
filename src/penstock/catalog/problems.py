"""Gathers everything wrong with a project's files, so that all of it is told at once, in the files' order."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from penstock.errors import Location, Problem, Severity

_MOST_SHOWN = 40
_MOST_BESIDE_A_GUESS = 15
_MOST_KEPT = 1_000


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self._found: dict[tuple[Location | None, str, str], Problem] = {}

    def refuse(self, location: Location, code: str, message: str, fix: str) -> None:
        """Note a mistake; no run is possible."""
        self._add(Problem(code=code, message=message, fix=fix, location=location))

    def warn(self, location: Location, code: str, message: str, fix: str) -> None:
        """Note something that a run does not suffer from but its author should know."""
        self._add(Problem(code=code, message=message, fix=fix, location=location, severity=Severity.WARNING))

    def _add(self, problem: Problem) -> None:
        # An aliased part of a file is read wherever it is used, and its mistake is told once.
        if len(self._found) < _MOST_KEPT:
            self._found.setdefault((problem.location, problem.code, problem.message), problem)

    def refusals(self) -> tuple[Problem, ...]:
        """Return the mistakes, by file and line."""
        return self._sorted(Severity.REFUSAL)

    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings, by file and line."""
        return self._sorted(Severity.WARNING)

    def _sorted(self, severity: Severity) -> tuple[Problem, ...]:
        chosen = [problem for problem in self._found.values() if problem.severity is severity]
        return tuple(sorted(chosen, key=_place))


def _place(problem: Problem) -> tuple[str, int]:
    if problem.location is None:
        return ("", 0)
    return (problem.location.file.as_posix(), problem.location.line)


def listed(words: Iterable[str]) -> str:
    """Return words in quotes, separated by commas."""
    known = list(words)
    shown = ", ".join(f"`{word}`" for word in known[:_MOST_SHOWN])
    return f"{shown} and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else shown


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word that was probably meant."""
    by_lower = {choice.lower(): choice for choice in allowed}
    found = get_close_matches(word.lower()[:100], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def choose_from(word: str, allowed: Iterable[str], *, none: str, guess_from: Iterable[str] = ()) -> str:
    """Return the fix for a word that is not allowed; `none` is said when there is nothing to choose.

    The guess is made among `guess_from`, if given.
    """
    choices = tuple(allowed)
    if not choices:
        return none
    meant = nearest(word, tuple(guess_from) or choices)
    if meant and len(choices) > _MOST_BESIDE_A_GUESS:
        return f"Did you mean `{meant}`?"
    guess = f"Did you mean `{meant}`? " if meant else ""
    return f"{guess}Allowed here: {listed(choices)}."
