"""What is asked of related rows, as the set of keys of those for whom it holds.

`none`, and figures that zero related rows satisfy, are asked the other way round: a set cannot hold the keys of those
who have no related rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from penstock.catalog.conditions import AllOf, Condition, Have, Measure, Related
from penstock.errors import Problem
from penstock.segments.figures import Figure, read_figure
from penstock.segments.formula import Formula, Leaf, expression, joined
from penstock.segments.paths import Path, follow
from penstock.segments.rows import Aliases, Rows, derived, key_alias, key_column
from penstock.segments.schema import Schema

if TYPE_CHECKING:
    from penstock.segments.calendar import Calendar


Ask = Callable[[Condition, Rows], Formula]
"""Compiles a condition on rows, joining to them what it needs."""


def related_formula(
    related: Related, rows: Rows, *, schema: Schema, aliases: Aliases, calendar: Calendar, ask: Ask
) -> Formula | Problem:
    """Return what is asked of rows related to these."""
    path = follow(rows.shape, related.path, schema, aliases, related.location)
    if isinstance(path, Problem):
        return path
    window: Condition = AllOf(conditions=()) if related.window is None else related.window
    if related.measure is not None:
        figure = read_figure(related.measure, path.rows.shape, calendar)
        if isinstance(figure, Problem):
            return figure
        chosen = ask(AllOf(conditions=(window, related.where)), path.rows)
        query = _measured(path, chosen, figure, related.measure, aliases)
        return _asked(rows, related, path, query, aliases, negated=figure.of_none)
    if related.have is Have.ALL:
        scope, every = ask(window, path.rows), ask(related.where, path.rows)
        return _asked(rows, related, path, _all(path, scope, every), aliases, negated=False)
    chosen = ask(AllOf(conditions=(window, related.where)), path.rows)
    query = path.rows.those(path.query, chosen).select(*path.key_columns(), copy=False).distinct(copy=False)
    return _asked(rows, related, path, query, aliases, negated=related.have is Have.NONE)


def _asked(
    rows: Rows, related: Related, path: Path, query: exp.Select, aliases: Aliases, *, negated: bool
) -> Formula:
    return Leaf(predicate=rows.match(query, path.own, aliases.next(f"with_{related.path[-1]}")), negated=negated)


def _all(path: Path, scope: Formula, every: Formula) -> exp.Select:
    """Keys of those with related rows for all of which something holds."""
    fails = exp.Case(ifs=[exp.If(this=expression(every), true=exp.Literal.number(0))], default=exp.Literal.number(1))
    query = path.rows.those(path.query, scope).select(*path.key_columns(), copy=False)
    query = query.group_by(*(key.copy() for key in path.keys), copy=False)
    return query.having(exp.EQ(this=exp.Max(this=fails), expression=exp.Literal.number(0)), copy=False)


def _measured(path: Path, chosen: Formula, figure: Figure, measure: Measure, aliases: Aliases) -> exp.Select:
    """Keys of those whose figure satisfies the condition; or fails it, if that of no rows would satisfy it."""
    query, keys = path.rows.those(path.query, chosen), list(path.keys)
    value = None if measure.field is None else path.rows.column(measure.field)
    if path.repeats:
        alias = aliases.next("each")
        columns = [
            *path.key_columns(),
            exp.alias_(path.rows.column(path.rows.shape.model.primary_key), "id", quoted=True),
        ]
        columns += [] if value is None else [exp.alias_(value, "v", quoted=True)]
        inner = query.select(*columns, copy=False).distinct(copy=False)
        query = exp.select().from_(derived(inner, alias))
        keys = [key_column(alias, number) for number in range(len(keys))]
        value = None if value is None else exp.column("v", table=alias, quoted=True)
    query = query.select(*(key_alias(key.copy(), number) for number, key in enumerate(keys)), copy=False)
    query = query.group_by(*(key.copy() for key in keys), copy=False)
    holds = figure.condition(value)
    return query.having(expression(holds, negated=figure.of_none), copy=False)


__all__ = ["Ask", "joined", "related_formula"]
