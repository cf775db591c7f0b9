"""The query of a segment: all columns of its model, of the rows that are members."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlglot import exp

from penstock.catalog.entities import Segment
from penstock.errors import ConfigurationError, Problem
from penstock.segments.compile import Compiler, calendar_of
from penstock.segments.schema import Schema


def segment_query(segment: Segment, *, schema: Schema, dialect: str, timezone: str, now: datetime) -> exp.Select:
    """Return SELECT of all fields of the members; `now` is aware.

    Raises ConfigurationError with every problem that `segment_problems` finds.
    """
    query, problems = _query(segment, Compiler(schema, calendar_of(timezone, now), dialect))
    if problems:
        raise ConfigurationError.of(problems)
    return query


def segment_problems(segment: Segment, *, schema: Schema, dialect: str) -> tuple[Problem, ...]:
    """Return all that is wrong with a segment, each with its place and its fix; none: it compiles."""
    calendar = calendar_of("UTC", datetime.now(UTC))
    return _query(segment, Compiler(schema, calendar, dialect))[1]


def _query(segment: Segment, compiler: Compiler) -> tuple[exp.Select, tuple[Problem, ...]]:
    rows = compiler.rows(segment.model)
    query = compiler.members(segment, rows, [rows.everything])
    found = [replace(each, message=f"Segment `{segment.name}`: {each.message}") for each in compiler.problems]
    return _plain(query, rows.alias), tuple(found)


def _plain(query: exp.Select, alias: str) -> exp.Select:
    """Drop the alias where there is nothing to tell apart."""
    if len(list(query.find_all(exp.Table))) > 1 or query.find(exp.Subquery):
        return query
    for node in query.find_all(exp.Table):
        node.set("alias", None)
    for column in query.find_all(exp.Column):
        if column.table == alias:
            column.set("table", None)
    return query
