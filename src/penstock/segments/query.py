"""The query of a segment: all columns of its model, of the rows that are members."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlglot import exp

from penstock.catalog.computed import ComputedField
from penstock.catalog.entities import Model, Segment
from penstock.errors import ConfigurationError, Problem
from penstock.fields import PLAIN, Field
from penstock.segments.calendar import Calendar
from penstock.segments.compile import Compiler, calendar_of
from penstock.segments.numeric_types import as_type
from penstock.segments.rows import WRONG, Rows
from penstock.segments.schema import Schema


def segment_query(
    segment: Segment,
    *,
    schema: Schema,
    dialect: str,
    timezone: str,
    now: datetime,
    fields: Collection[str] | None = None,
) -> exp.Select:
    """Return SELECT of these fields of the members, computed ones among them; `now` is aware.

    Without `fields` it is all that the source has. Raises ConfigurationError with every problem that
    `segment_problems` finds, or that a computed field has.
    """
    query, problems = _query(segment, Compiler(schema, calendar_of(timezone, now), dialect), fields)
    if problems:
        raise ConfigurationError.of(problems)
    return query


def segment_problems(segment: Segment, *, schema: Schema, dialect: str) -> tuple[Problem, ...]:
    """Return all that is wrong with a segment, each with its place and its fix; none: it compiles."""
    return _query(segment, Compiler(schema, _any_calendar(), dialect), None)[1]


def computed_fields(model: Model, *, schema: Schema, dialect: str) -> tuple[Mapping[str, Field], tuple[Problem, ...]]:
    """Return a model's computed fields with their types, those that can be computed, and all that is wrong."""
    found: dict[str, Field] = {}
    problems: list[Problem] = []
    others = {name.casefold(): name for name in schema.models[model.name].fields}
    for computed in model.computed:
        folded = computed.name.casefold()
        if folded in others:
            problems.append(_twin(computed, others[folded]))
            continue
        others[folded] = computed.name
        compiler = Compiler(schema, _any_calendar(), dialect)  # as for a query that asks for this field alone
        type_ = compiler.rows(model.name).type_of(computed.name)
        problems += compiler.problems
        if type_ is not WRONG.type:
            found[computed.name] = Field(name=computed.name, type=type_)
    told = [replace(each, message=f"Model `{model.name}`: {each.message}") for each in problems]
    return found, tuple(dict.fromkeys(told))


def _twin(computed: ComputedField, other: str) -> Problem:
    """Say that another field has the name, for an engine that does not tell capital and small letters apart too."""
    return Problem(
        code="duplicate_name",
        message=f"Computed field `{computed.name}`: there is another field called `{other}`.",
        fix="Give the computed field another name.",
        location=computed.location,
    )


def _any_calendar() -> Calendar:
    """Return a calendar for finding out whether something compiles, whatever the day."""
    return calendar_of("UTC", datetime.now(UTC))


def _query(
    segment: Segment, compiler: Compiler, fields: Collection[str] | None
) -> tuple[exp.Select, tuple[Problem, ...]]:
    rows = compiler.rows(segment.model)
    columns = [rows.everything] if fields is None else [_column(name, rows) for name in dict.fromkeys(fields)]
    query = compiler.members(segment, rows, columns)
    found = [replace(each, message=f"Segment `{segment.name}`: {each.message}") for each in compiler.problems]
    return _plain(query, rows.alias), tuple(dict.fromkeys(found))


def _column(name: str, rows: Rows) -> exp.Expr:
    """Return a field under its name, a computed one in the very type that it is said to have."""
    column, type_ = rows.column(name), rows.type_of(name)
    computed = rows.shape.computed_named(name) is not None
    typed = as_type(column, type_) if computed and type_.kind in PLAIN else column
    return exp.alias_(typed, name, quoted=True)


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
