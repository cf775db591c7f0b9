"""Something was done and something else later: the keys of those of whom both can be found, in that order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from penstock.catalog.conditions import Followed, Span, Step, Unit
from penstock.errors import Problem
from penstock.fields import TIMES, Kind
from penstock.segments.context import Context
from penstock.segments.formula import Formula
from penstock.segments.keys import derived, key_alias, key_column
from penstock.segments.paths import follow
from penstock.segments.rows import Aliases, Rows

_TYPES = {Kind.DATE: "date", Kind.TIMESTAMP: "timestamp", Kind.INSTANT: "timestamptz"}
_UNITS = {Unit.HOURS: "HOUR", Unit.DAYS: "DAY", Unit.WEEKS: "WEEK", Unit.MONTHS: "MONTH", Unit.YEARS: "YEAR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """The rows of a step, as a query of keys, `at` and `id`."""

    query: exp.Select
    own: tuple[str, ...]
    kind: Kind
    model: str


def followed_formula(followed: Followed, rows: Rows, context: Context) -> Formula | Problem:
    """Return what is true of rows of which the second step was done later than the first, within the span."""
    steps = [_done(step, rows, context) for step in (followed.first, followed.then)]
    problems = [step for step in steps if isinstance(step, Problem)]
    if problems:
        return problems[0]
    first, then = (step for step in steps if isinstance(step, _Done))
    if first.own != then.own or (first.kind is Kind.DATE) != (then.kind is Kind.DATE):
        return Problem(
            code="steps_not_comparable",
            message="What was done first and what was done then belong to a record by different fields, or one of"
            " them has dates and the other times.",
            fix="Relate both models by the same field, and give both a time of the same type.",
            location=followed.location,
        )
    if followed.within is not None and followed.within.unit is Unit.HOURS and first.kind is Kind.DATE:
        return Problem(
            code="steps_not_comparable",
            message="A date has no hours.",
            fix="Count in days, weeks, months or years.",
            location=followed.location,
        )
    query = _pairs(first, then, followed.within, context.aliases)
    return rows.match(query, first.own, context.aliases.next("followed"), repeats=False)


def _done(step: Step, rows: Rows, context: Context) -> _Done | Problem:
    path = follow(rows.shape, step.path, context, step.location)
    if isinstance(path, Problem):
        return path
    model = path.rows.shape.model
    time = path.rows.shape.fields.get(model.time or "")
    if time is None or time.type.kind not in TIMES:
        return Problem(
            code="no_time",
            message=f"Model `{model.name}` does not say when its rows happened.",
            fix=f"Add `time:` to the model (at {model.location}) with a date or time, as in `time: ordered_at`.",
            location=step.location,
        )
    query = path.rows.those(path.query, context.formula(step.where, path.rows)).select(
        *path.key_columns(),
        exp.alias_(path.rows.column(time.name), "at", quoted=True),
        exp.alias_(path.rows.column(model.primary_key), "id", quoted=True),
        copy=False,
    )
    return _Done(query=query, own=path.own, kind=time.type.kind, model=model.name)


def _pairs(first: _Done, then: _Done, within: Span | None, aliases: Aliases) -> exp.Select:
    """Keys of those with a row of each, the second after the first; of two dates it may be the same day."""
    one, other = aliases.next("first"), aliases.next("later")
    at, later = (exp.column("at", table=alias, quoted=True) for alias in (one, other))
    keys = range(len(first.own))
    terms: list[exp.Expr] = [exp.EQ(this=key_column(one, key), expression=key_column(other, key)) for key in keys]
    terms.append((exp.GTE if first.kind is Kind.DATE else exp.GT)(this=later, expression=at))
    if first.kind is Kind.DATE and first.model == then.model:
        ids = [exp.column("id", table=alias, quoted=True) for alias in (one, other)]
        terms.append(exp.NEQ(this=ids[0], expression=ids[1]))
    if within is not None:
        terms.append(exp.LTE(this=later.copy(), expression=_shifted(at.copy(), within, first.kind)))
    query = exp.select(*(key_alias(key_column(one, key), key) for key in keys)).distinct(copy=False)  # pairs are many
    query = query.from_(derived(first.query, one), copy=False)
    return query.join(derived(then.query, other), on=exp.and_(*terms, copy=False), copy=False)


def _shifted(at: exp.Expr, span: Span, kind: Kind) -> exp.Expr:
    """A span after a time; of a date it is a date again."""
    interval = exp.Interval(this=exp.Literal.string(str(span.count)), unit=exp.var(_UNITS[span.unit]))
    shifted = exp.Add(this=at, expression=interval)
    return exp.cast(shifted, _TYPES[kind]) if kind is Kind.DATE else shifted
