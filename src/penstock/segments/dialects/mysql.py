"""MySQL 8: text compared by its letters, no infinity, no time zones but those it is told, no lists."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import (
    Rules,
    as_it_comes,
    cast_as,
    each_of,
    shifted_by_function,
    text_rules,
    without_infinity,
    without_lists,
)

_COLLATION = "utf8mb4_0900_bin"
"""Compares letter by letter, blanks at the end included."""


def _utf8(text: exp.Expr) -> exp.Expr:
    return exp.Cast(this=text, to=exp.DataType(this=exp.DType.CHARACTER_SET, kind=exp.var("utf8mb4")))


def _by_letters(text: exp.Expr) -> exp.Expr:
    return exp.Collate(this=_utf8(text), expression=exp.var(_COLLATION))


def _position(node: exp.StrPosition) -> exp.Expr:
    return exp.StrPosition(this=_by_letters(node.this), substr=node.args["substr"])


def _like(node: exp.Like) -> exp.Expr:
    return exp.Like(this=_by_letters(node.this), expression=node.expression)


def _time(node: exp.Cast) -> exp.Expr | None:
    """Keep the fraction of a second; a time with a zone is in UTC, and does not say so."""
    if node.is_type(exp.DType.TIMESTAMPTZ) and isinstance(node.this, exp.Literal):
        node.this.set("this", node.this.name.removesuffix("+00:00"))
    types = {exp.DType.TIMESTAMP: "datetime(6)", exp.DType.TIMESTAMPTZ: "datetime(6)"}
    return cast_as(node, types)


def _in_zone(node: exp.AtTimeZone) -> exp.Expr:
    utc = exp.Literal.string("+00:00")
    return exp.Anonymous(this="CONVERT_TZ", expressions=[node.this, utc, node.args["zone"]])


def _hash(node: exp.MD5) -> exp.Expr:
    return exp.MD5(this=_utf8(node.this))


def _concatenated(node: exp.DPipe) -> exp.Expr:
    return exp.Concat(expressions=[node.this, node.expression])


MYSQL: Rules = each_of(
    as_it_comes("mysql"),
    text_rules(_by_letters),
    without_infinity(),
    without_lists("MySQL"),
    {
        exp.Add: shifted_by_function,
        exp.AtTimeZone: _in_zone,
        exp.Cast: _time,
        exp.DPipe: _concatenated,
        exp.Like: _like,
        exp.MD5: _hash,
        exp.StrPosition: _position,
    },
)
