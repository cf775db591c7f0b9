"""A segment's tree of conditions becomes a boolean expression over the rows of its model, which is never NULL.

A comparison on an unknown value does not hold, so its negation does. What is asked of related rows becomes a set of
keys, joined once to the rows that ask: no subquery runs row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from penstock.catalog.condition_reading import MOST_RELATED_LEVELS
from penstock.catalog.conditions import AllOf, Comparison, Condition, Followed, InSegment, Leaf, Not, Related, Sql
from penstock.catalog.entities import Segment
from penstock.errors import ConfigurationError, Problem
from penstock.segments.calendar import Calendar
from penstock.segments.followed import followed_formula
from penstock.segments.formula import Formula, joined, negation
from penstock.segments.formula import Leaf as Predicate
from penstock.segments.limits import limit_problems, limited
from penstock.segments.predicates import predicate_of
from penstock.segments.questions import Question, read_comparison
from penstock.segments.related import related_formula
from penstock.segments.rows import Aliases, Rows, key_alias
from penstock.segments.schema import Schema
from penstock.segments.sql_expressions import sql_formula
from penstock.segments.tree import Branch, fold

MOST_SEGMENTS = 50
"""So many segments may be made of one another, one after the other."""
MOST_CONDITIONS = 50_000
"""So many conditions may a segment have, with those of the segments it is made of."""
MOST_RELATED = 200
"""So many of them may be on related rows: each is a join, and engines plan joins in more than linear time."""


class Compiler:
    """Compiles conditions; every problem is noted, and what has one is compiled to what holds for everybody."""

    def __init__(self, schema: Schema, calendar: Calendar, dialect: str) -> None:
        self.schema = schema
        self.calendar = calendar
        self.aliases = Aliases()
        self.problems: list[Problem] = []
        self._dialect = dialect
        self._inside: list[str] = []
        """The segments that are being compiled, each for the sake of the one before."""
        self._asked = 0
        self._asked_of_related = 0
        self._related_levels = 0

    def rows(self, model: str) -> Rows:
        """Return the rows of a model under an alias of their own."""
        return Rows(shape=self.schema.models[model], alias=self.aliases.next(model))

    def formula(self, condition: Condition, rows: Rows) -> Formula:
        """Return what a condition asks of rows, to which is joined what it needs."""

        def branch(branch: Branch, parts: list[Formula]) -> Formula:
            return negation(parts[0]) if isinstance(branch, Not) else joined(parts, every=isinstance(branch, AllOf))

        return fold(condition, leaf=lambda leaf: self._noted(self._leaf(leaf, rows)), branch=branch)

    def _leaf(self, leaf: Leaf, rows: Rows) -> Formula | Problem | tuple[Problem, ...]:
        self._asked += 1
        if self._asked > MOST_CONDITIONS:
            fix = "Make it smaller: a list of values can stand in one condition, `is_any_of`."
            raise ConfigurationError.of([_too_large(f"more than {MOST_CONDITIONS:,} conditions", fix, leaf)])
        match leaf:
            case Comparison():
                read = read_comparison(leaf, rows.shape.fields)
                if isinstance(read, Question):
                    return predicate_of(read, rows.column(read.field.name), self.calendar)
                return read
            case Related() | Followed():
                return self._of_related(leaf, rows)
            case InSegment():
                return self._in_segment(leaf, rows)
            case Sql():
                return sql_formula(leaf, rows, self._dialect, self.calendar)

    def _of_related(self, leaf: Related | Followed, rows: Rows) -> Formula | Problem:
        self._asked_of_related += 1
        if self._asked_of_related > MOST_RELATED:
            fix = "Ask more of the same rows at once: `where` can be a group of conditions."
            raise ConfigurationError.of(
                [_too_large(f"more than {MOST_RELATED} conditions on related rows", fix, leaf)]
            )
        if self._related_levels == MOST_RELATED_LEVELS:
            return _too_large(
                f"more than {MOST_RELATED_LEVELS} conditions on related rows within one another", "Split it.", leaf
            )
        self._related_levels += 1
        found = self._over_relations(leaf, rows)
        self._related_levels -= 1
        return found

    def _over_relations(self, leaf: Related | Followed, rows: Rows) -> Formula | Problem:
        if isinstance(leaf, Followed):
            return followed_formula(leaf, rows, schema=self.schema, aliases=self.aliases, ask=self.formula)
        return related_formula(
            leaf, rows, schema=self.schema, aliases=self.aliases, calendar=self.calendar, ask=self.formula
        )

    def members(self, segment: Segment, rows: Rows, columns: Sequence[exp.Expr]) -> exp.Select:
        """Return these columns of the members of a segment, among the rows of its model."""
        self._inside.append(segment.name)
        problems = limit_problems(segment, rows)
        self.problems.extend(problems)
        formula = self.formula(segment.where, rows)
        self._inside.pop()
        query = rows.those(exp.select().from_(rows.table), formula)
        kept = segment if not problems else replace(segment, top=None, split=None, hold_out=None)
        return limited(query, rows, kept, columns)

    def _in_segment(self, asked: InSegment, rows: Rows) -> Formula | Problem:
        """Return what another segment asks; one that keeps a part only is a set of keys, settled by itself."""
        segment = self.schema.segments[asked.segment]
        if problem := self._refusal(asked, segment, rows):
            return problem
        if segment.top or segment.split or segment.hold_out:
            others = self.rows(segment.model)
            key = rows.shape.model.primary_key
            query = self.members(segment, others, [key_alias(others.column(key), 0)])
            return Predicate(predicate=rows.match(query, (key,), self.aliases.next(f"in_{segment.name}")))
        self._inside.append(segment.name)
        formula = self.formula(segment.where, rows)
        self._inside.pop()
        return formula

    def _refusal(self, asked: InSegment, segment: Segment, rows: Rows) -> Problem | None:
        if segment.name in self._inside:
            chain = " → ".join([*self._inside[self._inside.index(segment.name) :], segment.name])
            message = f"Segment `{segment.name}` is made of itself: {chain}."
            return Problem(
                code="segment_cycle", message=message, fix="Remove one of these conditions.", location=asked.location
            )
        if len(self._inside) >= MOST_SEGMENTS:
            message = f"More than {MOST_SEGMENTS} segments are made of one another."
            return Problem(code="too_large", message=message, fix="Use fewer.", location=asked.location)
        if segment.model != rows.shape.model.name:
            message = f"`segment: {segment.name}` is of the model `{segment.model}`, not `{rows.shape.model.name}`."
            fix = "Use a segment of the same model, or ask for it under `related:`."
            return Problem(code="segment_of_another_model", message=message, fix=fix, location=asked.location)
        return None

    def _noted(self, found: Formula | Problem | tuple[Problem, ...]) -> Formula:
        if isinstance(found, Problem | tuple):
            self.problems.extend([found] if isinstance(found, Problem) else found)
            return joined((), every=True)
        return found


def calendar_of(timezone: str, now: datetime) -> Calendar:
    """Return the calendar of a time zone; `now` is aware. Raises ConfigurationError."""
    try:
        return Calendar(zone=ZoneInfo(timezone), now=now)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"There is no time zone {timezone!r}.",
            fix="Set `settings.timezone` to a name such as Europe/Paris or UTC.",
            code="unknown_time_zone",
        ) from error


def _too_large(what: str, fix: str, leaf: Leaf) -> Problem:
    message = f"The segment has {what}, with those of the segments it is made of."
    return Problem(code="too_large", message=message, fix=fix, location=leaf.location)
