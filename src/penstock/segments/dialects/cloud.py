"""Snowflake, BigQuery, Redshift, Databricks and Trino: near to what queries are compiled for."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import (
    END,
    NotInDialectError,
    Rules,
    any_element,
    as_it_comes,
    as_lambda,
    below,
    by_function,
    cast_as,
    each_of,
    ended,
    infinity,
    is_text,
    lower_once,
    shift_of,
    shifted_by_function,
    single_as_double,
    text_rules,
    without_lists,
)

_BIGQUERY_SCALE = 9
"""So many digits after the point has NUMERIC there; BIGNUMERIC has more."""


def _array_length(node: exp.ArraySize) -> exp.Expr:
    return exp.Anonymous(this="GET_ARRAY_LENGTH", expressions=[node.this])


def _ended(text: exp.Expr) -> exp.Expr:
    """Equality overlooks blanks at the end there."""
    return exp.DPipe(this=text, expression=exp.Literal.string(END))


def _substring(node: exp.Substring) -> exp.Expr | None:
    """Say how many characters, at most those that a text can have, which Redshift wants to be told."""
    if node.args.get("length"):
        return None
    return exp.Anonymous(this="SUBSTRING", expressions=[node.this, node.args["start"], exp.Literal.number(65_535)])


REDSHIFT: Rules = each_of(
    as_it_comes("redshift"),
    text_rules(_ended, ended),
    {exp.ArraySize: _array_length, exp.Substring: _substring},
    without_lists("Redshift"),
    {exp.Add: shifted_by_function},
)


def _in_zone(node: exp.AtTimeZone) -> exp.Expr:
    """Tell an instant in a zone, whatever the session's own zone is."""
    local = exp.cast(node.this, "timestampntz")
    return exp.ConvertTimezone(target_tz=node.args["zone"], timestamp=local)


def _without_zone(node: exp.Cast) -> exp.Expr | None:
    return cast_as(node, {exp.DType.TIMESTAMP: "timestampntz"})


DATABRICKS: Rules = each_of(
    as_it_comes("databricks"),
    {
        exp.Add: shifted_by_function,
        exp.AtTimeZone: _in_zone,
        exp.Cast: _without_zone,
        exp.Exists: by_function("EXISTS"),
    },
)


def _to_the_microsecond(node: exp.Cast) -> exp.Expr | None:
    """Trino's timestamps count milliseconds unless told otherwise, and it knows infinity by one name only."""
    if sign := infinity(node):
        found: exp.Expr = exp.Anonymous(this="INFINITY", expressions=[])
        return found if sign > 0 else exp.Neg(this=found)
    types = {exp.DType.TIMESTAMP: "timestamp(6)", exp.DType.TIMESTAMPTZ: "timestamptz(6)"}
    return cast_as(node, types)


def _right(node: exp.Right) -> exp.Expr:
    """Let a text that is shorter be its own end; Trino would count what is missing from the other side."""
    whole = exp.LTE(this=exp.Length(this=node.this.copy()), expression=node.expression.copy())
    return exp.Case(ifs=[exp.If(this=whole, true=node.this.copy())], default=node.copy())


TRINO: Rules = each_of(
    as_it_comes("trino"),
    {
        exp.Add: shifted_by_function,
        exp.Cast: _to_the_microsecond,
        exp.Exists: by_function("ANY_MATCH"),
        exp.Lower: lower_once,
        exp.Right: _right,
    },
)


def _has_some(node: exp.Exists) -> exp.Expr | None:
    """Elements are values of any type there, and become text before they are compared with one."""
    asked = any_element(node)
    if asked is None:
        return None
    for element in asked.elements:
        if not isinstance(element.parent, exp.Binary | exp.In) or is_text(_compared(element.parent)):
            element.replace(exp.cast(element.copy(), "text"))
    again = any_element(node)
    if again is None:
        raise NotInDialectError("the elements of a list")
    kept = exp.ArrayFilter(this=again.of, expression=as_lambda(again))
    size = exp.Coalesce(this=exp.ArraySize(this=kept), expressions=[exp.Literal.number(0)])
    return exp.GT(this=size, expression=exp.Literal.number(0))


def _compared(node: exp.Expr) -> exp.Expr:
    found: exp.Expr = node.expressions[0] if isinstance(node, exp.In) else node.args["expression"]
    return found


SNOWFLAKE: Rules = each_of(
    as_it_comes("snowflake"),
    {exp.Add: shifted_by_function, exp.Cast: single_as_double, exp.Exists: _has_some},
    {exp.Cast: _without_zone},
)


def in_capitals(query: exp.Query) -> None:
    """Name things as Snowflake does where names were not quoted when they were made; the tree is changed in place."""
    for name in query.find_all(exp.Identifier):
        if name.args.get("quoted") and name.name == name.name.lower():
            name.set("this", name.name.upper())


def _exact(node: exp.Literal) -> exp.Expr | None:
    """Write a number with a fraction as an exact one; bare, it is a double."""
    if node.is_string or "." not in node.name:
        return None
    exact = len(node.name.split(".")[1]) <= _BIGQUERY_SCALE
    return exp.cast(exp.Literal.string(node.name), "numeric" if exact else "bignumeric", dialect="bigquery")


def _not_escaped(node: exp.Escape) -> exp.Expr:
    """A backslash always escapes there, and there is no clause to say so."""
    return below(node)


def _shifted_date(node: exp.Cast) -> exp.Expr | None:
    shift = shift_of(node.this)
    if shift is None:
        return single_as_double(node)
    return exp.DateAdd(this=shift.at, expression=exp.Literal.number(shift.count), unit=exp.var(shift.unit))


def _at_most_shifted(node: exp.LTE) -> exp.Expr | None:
    """Only a time without a zone takes months there; both are turned into one, in UTC."""
    shift = shift_of(node.expression)
    if shift is None:
        return None
    first, later = (exp.Anonymous(this="DATETIME", expressions=[time]) for time in (shift.at, node.this))
    count, unit = exp.Literal.number(shift.count), exp.var(shift.unit)
    return exp.LTE(this=later, expression=exp.DatetimeAdd(this=first, expression=count, unit=unit))


BIGQUERY: Rules = each_of(
    as_it_comes("bigquery"),
    {exp.Escape: _not_escaped, exp.Literal: _exact, exp.Cast: _shifted_date, exp.LTE: _at_most_shifted},
)
