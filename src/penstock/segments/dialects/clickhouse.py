"""ClickHouse: functions that count characters, exact literals, and joins whose misses are null."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import (
    Rules,
    any_element,
    as_it_comes,
    as_lambda,
    below,
    each_of,
    infinity,
    lower_once,
    rewritten,
    shifted_by_function,
)

_DIGITS = 76
_MICROSECONDS = exp.Literal.number(6)


def _lower(node: exp.Lower) -> exp.Expr:
    return lower_once(node) or _call("lowerUTF8", node.this)


def _left(node: exp.Left) -> exp.Expr:
    return _call("leftUTF8", node.this, node.expression)


def _right(node: exp.Right) -> exp.Expr:
    return _call("rightUTF8", node.this, node.expression)


def _position(node: exp.StrPosition) -> exp.Expr:
    return _call("positionUTF8", node.this, node.args["substr"])


def _not_escaped(node: exp.Escape) -> exp.Expr:
    """A backslash always escapes there, and there is no clause to say so."""
    return below(node)


def _literal(node: exp.Cast) -> exp.Expr | None:
    """Write a literal of a time so that all of its fraction counts, and its zone."""
    if not isinstance(node.this, exp.Literal) or infinity(node):
        return None
    if node.is_type(exp.DType.DATE):
        return _call("toDate32", node.this)
    if node.is_type(exp.DType.TIMESTAMP):
        return _call("toDateTime64", node.this, _MICROSECONDS.copy())
    if node.is_type(exp.DType.TIMESTAMPTZ):
        text = exp.Literal.string(node.this.name.removesuffix("+00:00"))
        return _call("toDateTime64", text, _MICROSECONDS.copy(), exp.Literal.string("UTC"))
    return None


def _exact(node: exp.Literal) -> exp.Expr | None:
    """Write a number with a fraction as an exact one; bare, it is a double."""
    if node.is_string or "." not in node.name:
        return None
    scale = len(node.name.split(".")[1])
    return exp.cast(exp.Literal.string(node.name), f"decimal({_DIGITS}, {scale})")


def _in_zone(node: exp.AtTimeZone) -> exp.Expr:
    return _call("toTimeZone", node.this, node.args["zone"])


def _upper(node: exp.Upper) -> exp.Expr:
    return _call("upperUTF8", node.this)


def _substring(node: exp.Substring) -> exp.Expr | None:
    return None if node.args.get("length") else _call("substringUTF8", node.this, node.args["start"])


def _day(node: exp.Cast) -> exp.Expr | None:
    """Write the day of a time as one that may be before 1970."""
    is_day = node.is_type(exp.DType.DATE)
    return exp.Cast(this=node.this, to=exp.DataType(this=exp.DType.DATE32)) if is_day else None


def _has(node: exp.Exists) -> exp.Expr | None:
    asked = any_element(node)
    return None if asked is None else _call("arrayExists", as_lambda(asked), asked.of)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


_RULES: Rules = each_of(
    as_it_comes("clickhouse"),
    {
        exp.Add: shifted_by_function,
        exp.AtTimeZone: _in_zone,
        exp.Cast: _literal,
        exp.Escape: _not_escaped,
        exp.Exists: _has,
        exp.Left: _left,
        exp.Literal: _exact,
        exp.Lower: _lower,
        exp.Right: _right,
        exp.StrPosition: _position,
        exp.Substring: _substring,
        exp.Upper: _upper,
    },
    {exp.Cast: _day},
)


def rewrite(query: exp.Query) -> exp.Query:
    """Write a query as ClickHouse takes it."""
    rewritten(query, _RULES)
    if any(join.side == "LEFT" for join in query.find_all(exp.Join)):
        setting = exp.EQ(this=exp.to_identifier("join_use_nulls"), expression=exp.Literal.number(1))
        query.set("settings", [setting])
    return query
