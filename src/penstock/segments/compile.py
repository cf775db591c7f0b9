"""A tree of conditions becomes one boolean SQLGlot expression, true or false for every row, never NULL.

A comparison on an unknown value does not hold, so its negation does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from penstock.catalog.conditions import AllOf, Comparison, Condition, Not
from penstock.errors import ConfigurationError, Problem
from penstock.fields import Field
from penstock.segments.calendar import Calendar
from penstock.segments.formula import Formula, expression, joined, negation
from penstock.segments.predicates import leaf
from penstock.segments.questions import Question, read_comparison
from penstock.segments.tree import Branch, fold


def compile_condition(
    condition: Condition, *, fields: Mapping[str, Field], timezone: str, now: datetime
) -> exp.Expression:
    """Return the condition over quoted columns named as the fields; `now` is aware.

    Raises ConfigurationError with every problem that `check_condition` finds.
    """
    calendar = Calendar(zone=_zone(timezone), now=now)
    problems: list[Problem] = []

    def compiled(comparison: Comparison) -> Formula:
        read = read_comparison(comparison, fields)
        if isinstance(read, Question):
            return leaf(read, calendar)
        problems.extend(read)
        return joined((), every=True)

    formula = fold(condition, comparison=compiled, branch=_branch)
    if problems:
        raise ConfigurationError.of(problems)
    return cast("exp.Expression", expression(formula))  # SQLGlot types its builders by a base class


def _branch(branch: Branch, parts: list[Formula]) -> Formula:
    if isinstance(branch, Not):
        return negation(parts[0])
    return joined(parts, every=isinstance(branch, AllOf))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"There is no time zone {name!r}.",
            fix="Set `settings.timezone` to a name such as Europe/Paris or UTC.",
            code="unknown_time_zone",
        ) from error
