"""What is asked of related rows, as the set of keys of those for whom it holds.

`none`, and figures that zero related rows satisfy, are asked the other way round: a set cannot hold the keys of those
who have no related rows.
"""

from __future__ import annotations

from sqlglot import exp

from penstock.catalog.computed import Aggregated, MostRecent
from penstock.catalog.conditions import EVERYBODY, AllOf, Have, Measure, Related
from penstock.errors import Problem
from penstock.segments.context import Context
from penstock.segments.figures import Figure, read_figure
from penstock.segments.formula import Formula, expression, negation
from penstock.segments.keys import derived, key_alias, key_column
from penstock.segments.paths import Path, follow
from penstock.segments.rows import Aliases, Rows


def related_formula(related: Related, rows: Rows, context: Context) -> Formula | Problem:
    """Return what is asked of rows related to these."""
    path = follow(rows.shape, related.path, context, related.location)
    if isinstance(path, Problem):
        return path
    alias = context.aliases.next(f"with_{related.path[-1]}")
    if related.measure is not None:
        figure = read_figure(related.measure, path.rows.fields, context.calendar)
        if isinstance(figure, Problem):
            return figure
        query = _measured(path, chosen_rows(related, path, context), figure, related.measure, context.aliases)
        found = rows.match(query, path.own, alias, repeats=False)
        return negation(found) if figure.of_none else found
    if related.have is Have.ALL:
        scope = context.formula(related.window or EVERYBODY, path.rows)
        every = context.formula(related.where, path.rows)
        return rows.match(_all(path, scope, every), path.own, alias, repeats=False)
    query = path.rows.those(path.query, chosen_rows(related, path, context)).select(*path.key_columns(), copy=False)
    found = rows.match(query, path.own, alias, repeats=True)
    return negation(found) if related.have is Have.NONE else found


def chosen_rows(asked: Related | Aggregated | MostRecent, path: Path, context: Context) -> Formula:
    """Return what must hold for the rows of a path that are looked at: the window, and the condition."""
    return context.formula(AllOf(conditions=(asked.window or EVERYBODY, asked.where)), path.rows)


def _all(path: Path, scope: Formula, every: Formula) -> exp.Select:
    """Keys of those with related rows for all of which something holds."""
    fails = exp.Case(ifs=[exp.If(this=expression(every), true=exp.Literal.number(0))], default=exp.Literal.number(1))
    query = path.rows.those(path.query, scope).select(*path.key_columns(), copy=False)
    query = query.group_by(*(key.copy() for key in path.keys), copy=False)
    return query.having(exp.EQ(this=exp.Max(this=fails), expression=exp.Literal.number(0)), copy=False)


def _measured(path: Path, chosen: Formula, figure: Figure, measure: Measure, aliases: Aliases) -> exp.Select:
    """Keys of those whose figure satisfies the condition; or fails it, if that of no rows would satisfy it."""
    query, value = grouped(path, chosen, measure.field, aliases)
    return query.having(expression(figure.condition(value), negated=figure.of_none), copy=False)


def grouped(path: Path, chosen: Formula, field: str | None, aliases: Aliases) -> tuple[exp.Select, exp.Expr | None]:
    """Return a query of keys, grouped by them, of the chosen rows, each once; and the column of a field of theirs."""
    value = None if field is None else path.rows.column(field)
    query, keys = path.rows.those(path.query, chosen), list(path.keys)
    if path.repeats:
        alias = aliases.next("each")
        columns = [
            *path.key_columns(),
            exp.alias_(path.rows.column(path.rows.shape.model.primary_key), "id", quoted=True),
        ]
        columns += [] if value is None else [exp.alias_(value, "v", quoted=True)]
        inner = query.select(*columns, copy=False).distinct(copy=False)
        query = exp.select().from_(derived(inner, alias), copy=False)
        keys = [key_column(alias, number) for number in range(len(keys))]
        value = None if value is None else exp.column("v", table=alias, quoted=True)
    query = query.select(*(key_alias(key.copy(), number) for number, key in enumerate(keys)), copy=False)
    return query.group_by(*(key.copy() for key in keys), copy=False), value
