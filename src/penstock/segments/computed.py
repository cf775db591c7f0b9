"""The value of a computed field: an expression over the rows of its model and what is joined to them for it."""

from __future__ import annotations

from difflib import get_close_matches

from sqlglot import exp

from penstock.catalog.computed import Aggregated, Calculated, ComputedField, Label, Lifted, MostRecent
from penstock.catalog.conditions import EVERYBODY, Aggregate
from penstock.errors import Problem
from penstock.fields import TIMES, FieldType
from penstock.segments.calculation import calculated
from penstock.segments.context import Context
from penstock.segments.figures import figure_type, figure_value
from penstock.segments.formula import Formula, expression
from penstock.segments.keys import derived, key_alias, key_column
from penstock.segments.numeric_types import WHOLE
from penstock.segments.paths import Path, follow
from penstock.segments.related import chosen_rows, grouped
from penstock.segments.rows import WRONG, Rows, Value
from penstock.segments.values import TEXT

MOST_NODES = 5_000
"""So many parts may the expression of one computed field have; one that uses another twice doubles it."""
MOST_LEVELS = 200
"""So many of them may be within one another: writing and planning a query costs stack for each."""


def computed_value(computed: ComputedField, rows: Rows, context: Context) -> Value | Problem:
    """Return the value of a computed field, for which what it needs is joined to the rows."""
    match computed.computation:
        case Aggregated() as aggregated:
            found = _aggregated(computed, aggregated, rows, context)
        case MostRecent() as recent:
            found = _most_recent(computed, recent, rows, context)
        case Lifted() as lifted:
            found = _lifted(computed, lifted, rows, context)
        case Label() as label:
            found = _label(label, rows, context)
        case Calculated() as formula:
            found = calculated(formula, rows, context.calendar, computed.location)
    if isinstance(found, Value) and (what := _too_large(found.sql)):
        message = f"it has more than {what}, with those of the fields it is made of"
        return _problem("too_large", computed, message, "Compute it in the model's SQL.")
    return found


def _too_large(sql: exp.Expr) -> str:
    """Say of what an expression has too many; nothing if it has not."""
    parts, levels, level = 0, 0, [sql]
    while level:
        parts, levels = parts + len(level), levels + 1
        level = [child for node in level for child in node.iter_expressions()]
        if parts > MOST_NODES:
            return f"{MOST_NODES:,} parts"
        if levels > MOST_LEVELS:
            return f"{MOST_LEVELS} parts within one another"
    return ""


def _aggregated(computed: ComputedField, asked: Aggregated, rows: Rows, context: Context) -> Value | Problem:
    path = follow(rows.shape, asked.path, context, computed.location)
    if isinstance(path, Problem):
        return path
    type_ = _type(asked, path, computed)
    if isinstance(type_, Problem):
        return type_
    if type_ is WRONG.type:
        return WRONG
    query, value = grouped(path, chosen_rows(asked, path, context), asked.field, context.aliases)
    given = WHOLE if asked.field is None else path.rows.type_of(asked.field)
    figure = figure_value(asked.aggregate, value, given, type_)
    found = _attached(query.select(exp.alias_(figure, "v", quoted=True), copy=False), path, computed, rows, context)
    if asked.aggregate in {Aggregate.COUNT, Aggregate.SUM}:
        found = exp.Coalesce(this=found, expressions=[exp.Literal.number(0)])
    return Value(sql=found, type=type_)


def _type(asked: Aggregated, path: Path, computed: ComputedField) -> FieldType | Problem:
    if asked.field is None:
        return WHOLE
    if asked.field not in path.rows.fields:
        return _unknown_field(asked.field, path.rows, computed)
    given = path.rows.type_of(asked.field)
    if given is WRONG.type:
        return given
    type_ = figure_type(asked.aggregate, given)
    if type_ is not None:
        return type_
    fix = "Choose a field of numbers; minimum and maximum take dates and times as well."
    message = f"there is no {asked.aggregate} of `{asked.field}`: its type is {given}"
    return _problem("figure_not_available", computed, message, fix)


def _most_recent(computed: ComputedField, asked: MostRecent, rows: Rows, context: Context) -> Value | Problem:
    path = follow(rows.shape, asked.path, context, computed.location)
    if isinstance(path, Problem):
        return path
    if asked.field not in path.rows.fields:
        return _unknown_field(asked.field, path.rows, computed)
    model = path.rows.shape.model
    time = path.rows.shape.fields.get(model.time or "")
    if time is None or time.type.kind not in TIMES:
        message = f"model `{model.name}` does not say when its rows happened"
        fix = f"Add `time:` to the model (at {model.location}) with a date or time, as in `time: ordered_at`."
        return _problem("no_time", computed, message, fix)
    at = path.rows.column(time.name)
    known = exp.not_(exp.Is(this=at.copy(), expression=exp.null()), copy=False)
    order = [exp.Ordered(this=at, desc=True), exp.Ordered(this=path.rows.column(model.primary_key), desc=True)]
    return _first(computed, asked.field, path, chosen_rows(asked, path, context), order, known, rows, context)


def _lifted(computed: ComputedField, asked: Lifted, rows: Rows, context: Context) -> Value | Problem:
    path = follow(rows.shape, asked.path, context, computed.location)
    if isinstance(path, Problem):
        return path
    shape = rows.shape
    for name in asked.path:
        relation = shape.relation_named(name)
        if relation is None or relation.many or relation.through is not None:
            message = f"relation `{name}` can lead to several rows, so there is no one value to lift"
            return _problem("not_to_one", computed, message, "Use `aggregate`, for instance with `most_recent`.")
        shape = context.schema.models[relation.model]
    if asked.field not in path.rows.fields:
        return _unknown_field(asked.field, path.rows, computed)
    order = [exp.Ordered(this=path.rows.column(path.rows.shape.model.primary_key))]
    everybody = context.formula(EVERYBODY, path.rows)
    return _first(computed, asked.field, path, everybody, order, None, rows, context)


def _first(
    computed: ComputedField,
    field: str,
    path: Path,
    chosen: Formula,
    order: list[exp.Ordered],
    only: exp.Expr | None,
    rows: Rows,
    context: Context,
) -> Value:
    """The value of a field in the first of the chosen rows, in an order."""
    value, type_ = path.rows.column(field), path.rows.type_of(field)
    number = exp.Window(
        this=exp.RowNumber(), partition_by=[key.copy() for key in path.keys], order=exp.Order(expressions=order)
    )
    ranked = path.rows.those(path.query, chosen).select(
        *path.key_columns(), exp.alias_(value, "v", quoted=True), exp.alias_(number, "n", quoted=True), copy=False
    )
    if only is not None:
        ranked = ranked.where(only, copy=False)
    alias = context.aliases.next("ranked")
    keys = [key_alias(key_column(alias, key), key) for key in range(len(path.keys))]
    first = exp.EQ(this=exp.column("n", table=alias, quoted=True), expression=exp.Literal.number(1))
    query = exp.select(*keys, exp.column("v", table=alias, quoted=True)).from_(derived(ranked, alias), copy=False)
    query = query.where(first, copy=False)
    return Value(sql=_attached(query, path, computed, rows, context), type=type_)


def _attached(query: exp.Select, path: Path, computed: ComputedField, rows: Rows, context: Context) -> exp.Expr:
    alias = context.aliases.next(computed.name)
    rows.attach(query, path.own, alias)
    return exp.column("v", table=alias, quoted=True)


def _label(label: Label, rows: Rows, context: Context) -> Value:
    ifs = [
        exp.If(this=expression(context.formula(case.where, rows)), true=exp.Literal.string(case.label))
        for case in label.cases
    ]
    default = exp.null() if label.otherwise is None else exp.Literal.string(label.otherwise)
    return Value(sql=exp.Case(ifs=ifs, default=default), type=TEXT)


def _unknown_field(name: str, rows: Rows, computed: ComputedField) -> Problem:
    near = get_close_matches(name, rows.fields, n=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"The fields are {', '.join(sorted(rows.fields))}."
    return _problem("unknown_field", computed, f"model `{rows.shape.model.name}` has no field `{name}`", fix)


def _problem(code: str, computed: ComputedField, what: str, fix: str) -> Problem:
    return Problem(
        code=code, message=f"Computed field `{computed.name}`: {what}.", fix=fix, location=computed.location
    )
