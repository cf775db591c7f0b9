"""Everything that is wrong with a segment's conditions, told before anything is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from penstock.catalog.conditions import Condition
from penstock.errors import Problem
from penstock.fields import Field
from penstock.segments.questions import Question, read_comparison
from penstock.segments.tree import comparisons


def check_condition(condition: Condition, *, fields: Mapping[str, Field], segment: str) -> tuple[Problem, ...]:
    """Return the problems in the order of the tree, each with its place and its fix; none: it compiles."""
    problems: list[Problem] = []
    for comparison in comparisons(condition):
        read = read_comparison(comparison, fields)
        if not isinstance(read, Question):
            problems.extend(replace(found, message=f"Segment `{segment}`: {found.message}") for found in read)
    return tuple(problems)
