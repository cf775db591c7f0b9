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

from penstock.catalog.computed import ComputedField
from penstock.catalog.conditions import AllOf, Comparison, Condition, Followed, InSegment, Leaf, Not, Related, Sql
from penstock.catalog.entities import Segment
from penstock.errors import ConfigurationError, Problem
from penstock.segments.bounds import Bounds
from penstock.segments.calendar import Calendar
from penstock.segments.computed import computed_value
from penstock.segments.followed import followed_formula
from penstock.segments.formula import Formula, joined, negation
from penstock.segments.keys import derived, key_alias, key_column
from penstock.segments.limits import limit_problems, limited
from penstock.segments.predicates import predicate_of
from penstock.segments.questions import Question, read_comparison
from penstock.segments.related import related_formula
from penstock.segments.rows import WRONG, Aliases, Rows, Value
from penstock.segments.schema import Schema
from penstock.segments.sql_expressions import sql_formula
from penstock.segments.tree import Branch, fold


class Compiler:
    """Compiles conditions; every problem is noted, and what has one is compiled to what holds for everybody."""

    def __init__(self, schema: Schema, calendar: Calendar, dialect: str) -> None:
        self.schema = schema
        self.calendar = calendar
        self.aliases = Aliases()
        self.problems: list[Problem] = []
        self._dialect = dialect
        self._bounds = Bounds()

    def rows(self, model: str) -> Rows:
        """Return the rows of a model under an alias of their own."""
        return Rows(shape=self.schema.models[model], alias=self.aliases.next(model), compute=self._compute)

    def formula(self, condition: Condition, rows: Rows) -> Formula:
        """Return what a condition asks of rows, to which is joined what it needs."""

        def branch(branch: Branch, parts: list[Formula]) -> Formula:
            return negation(parts[0]) if isinstance(branch, Not) else joined(parts, every=isinstance(branch, AllOf))

        return fold(condition, leaf=lambda leaf: self._noted(self._leaf(leaf, rows)), branch=branch)

    def members(self, segment: Segment, rows: Rows, columns: Sequence[exp.Expr]) -> exp.Select:
        """Return these columns of the members of a segment, among the rows of its model."""
        with self._bounds.within_segment(segment.name, segment.location):
            problems = limit_problems(segment, rows)
            self.problems.extend(problems)
            formula = self.formula(segment.where, rows)
        query = rows.those(exp.select().from_(rows.table), formula)
        kept = segment if not problems else replace(segment, top=None, split=None, hold_out=None)
        return limited(query, rows, kept, columns)

    def _leaf(self, leaf: Leaf, rows: Rows) -> Formula | Problem | tuple[Problem, ...]:
        self._bounds.count(leaf)
        match leaf:
            case Comparison():
                read = read_comparison(leaf, rows.fields)
                if isinstance(read, Question):
                    return predicate_of(read, rows.column(read.field.name), self.calendar)
                # What is wrong with a computed field was noted.
                told = leaf.field in rows.fields and rows.type_of(leaf.field) is WRONG.type
                return () if told else read
            case Related() | Followed():
                with self._bounds.within_related(leaf) as problem:
                    return problem or self._over_relations(leaf, rows)
            case InSegment():
                return self._in_segment(leaf, rows)
            case Sql():
                return sql_formula(leaf, rows, self._dialect, self.calendar)

    def _over_relations(self, leaf: Related | Followed, rows: Rows) -> Formula | Problem:
        if isinstance(leaf, Followed):
            return followed_formula(leaf, rows, self)
        return related_formula(leaf, rows, self)

    def _in_segment(self, asked: InSegment, rows: Rows) -> Formula | Problem:
        """Return what another segment asks; one that keeps a part only is a set of keys, settled by itself."""
        segment = self.schema.segments[asked.segment]
        with self._bounds.within_segment(segment.name, asked.location) as problem:
            if problem := problem or _of_another_model(asked, segment, rows):
                return problem
            if not (segment.top or segment.split or segment.hold_out):
                return self.formula(segment.where, rows)
        others = self.rows(segment.model)
        key = rows.shape.model.primary_key
        members, alias = self.members(segment, others, [key_alias(others.column(key), 0)]), self.aliases.next("kept")
        query = exp.select(key_alias(key_column(alias, 0), 0)).from_(derived(members, alias), copy=False)
        return rows.match(query, (key,), self.aliases.next(f"in_{segment.name}"), repeats=True)

    def _compute(self, rows: Rows, computed: ComputedField) -> Value:
        """Return the value of a computed field of the rows."""
        place = f"{rows.shape.model.name}.{computed.name}"
        with self._bounds.within_computed(place, computed.location) as problem:
            found = problem or computed_value(computed, rows, self)
        if isinstance(found, Problem):
            self.problems.append(found)
            return WRONG
        return found

    def _noted(self, found: Formula | Problem | tuple[Problem, ...]) -> Formula:
        if isinstance(found, Problem | tuple):
            self.problems.extend([found] if isinstance(found, Problem) else found)
            return joined((), every=True)
        return found


def _of_another_model(asked: InSegment, segment: Segment, rows: Rows) -> Problem | None:
    if segment.model == rows.shape.model.name:
        return None
    message = f"`segment: {segment.name}` is of the model `{segment.model}`, not `{rows.shape.model.name}`."
    fix = "Use a segment of the same model, or ask for it under `related:`."
    return Problem(code="segment_of_another_model", message=message, fix=fix, location=asked.location)


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
