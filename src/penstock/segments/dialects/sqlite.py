"""SQLite: times are text, lists are JSON, LIKE knows no case, and some functions are the reader's own."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import (
    NotInDialectError,
    Rules,
    any_element,
    as_it_comes,
    below,
    each_of,
    infinity,
    pattern_of,
    pattern_parts,
    shift_of,
    single_as_double,
    text_rules,
)

_INFINITY = "9e999"
_TIMES = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ)
_PARTS = {"YEAR": "%Y", "MONTH": "%m", "DAY": "%d"}
_END_OF_DAY, _END_OF_SECOND = 11, 20
"""Where the rest of a time begins after its day, and after its second."""


def _by_letters(text: exp.Expr) -> exp.Expr:
    return exp.Collate(this=text, expression=exp.var("BINARY")) if isinstance(text, exp.Column) else text


def _left(node: exp.Left) -> exp.Expr:
    return exp.Substring(this=node.this, start=exp.Literal.number(1), length=node.expression)


def _right(node: exp.Right) -> exp.Expr:
    if node.expression.name == "0":
        return exp.Substring(this=node.this, start=exp.Literal.number(1), length=node.expression)
    return exp.Substring(this=node.this, start=exp.Neg(this=node.expression))


def _like(node: exp.Like) -> exp.Expr:
    """LIKE never looks at the case of A to Z there; GLOB always does."""
    pattern = pattern_of(node)
    glob = {"%": "*", "_": "?"}
    parts = pattern_parts(pattern.name, escaped=isinstance(node.parent, exp.Escape))
    pattern.set("this", "".join(glob[c] if wild else f"[{c}]" if c in "*?[" else c for c, wild in parts))
    return exp.Glob(this=node.this, expression=node.expression)


def _not_escaped(node: exp.Escape) -> exp.Expr:
    return below(node)


def _literal(node: exp.Cast) -> exp.Expr | None:
    if sign := infinity(node):
        found: exp.Expr = exp.Literal.number(_INFINITY)
        return found if sign > 0 else exp.Neg(this=found)
    if isinstance(node.this, exp.Literal) and node.to.this in _TIMES:
        return exp.Literal.string(node.this.name.removesuffix("+00:00"))
    if node.is_type(exp.DType.DATE) and isinstance(node.this, exp.DPipe):
        return below(node)  # a date that was shifted is one already
    return single_as_double(node)


def _part(node: exp.Extract) -> exp.Expr | None:
    form = _PARTS.get(node.name.upper())
    if form is None:
        raise NotInDialectError(f"SQLite does not tell the {node.name.lower()} of a time")
    return exp.cast(_call("STRFTIME", exp.Literal.string(form), _until(node.expression, _END_OF_DAY)), "int")


def _in_zone(node: exp.AtTimeZone) -> exp.Expr:
    if node.args["zone"].name == "UTC":
        return below(node)
    raise NotInDialectError("SQLite knows no time zones, so it tells dates in UTC only")


def _shifted(node: exp.Add) -> exp.Expr | None:
    """Shift what the text says of a time, and keep the rest of it; the last of a month stays within a shorter one."""
    shift = shift_of(node)
    if shift is None:
        return None
    span = exp.Literal.string(f"+{shift.count} {shift.unit.lower()}s")
    if shift.unit == "HOUR":
        return _with_rest(_call("DATETIME", _until(shift.at, _END_OF_SECOND), span), shift.at, _END_OF_SECOND)
    day = _call("DATE", _until(shift.at, _END_OF_DAY), span)
    if shift.unit == "MONTH":
        after = [exp.Literal.string(text) for text in ("start of month", f"+{shift.count + 1} months", "-1 days")]
        day = _call("MIN", day, _call("DATE", _until(shift.at, _END_OF_DAY), *after))
    return _with_rest(day, shift.at, _END_OF_DAY)


def _until(at: exp.Expr, position: int) -> exp.Expr:
    """Return what comes before: the functions for times round fractions up to the next second."""
    length = exp.Literal.number(position - 1)
    return exp.Substring(this=at.copy(), start=exp.Literal.number(1), length=length)


def _with_rest(start: exp.Expr, at: exp.Expr, position: int) -> exp.Expr:
    return exp.DPipe(this=start, expression=exp.Substring(this=at.copy(), start=exp.Literal.number(position)))


def _has(node: exp.Exists) -> exp.Expr | None:
    asked = any_element(node)
    if asked is None:
        return None
    for element in asked.elements:
        element.set("this", exp.to_identifier("value", quoted=True))
    each = exp.Table(
        this=_call("JSON_EACH", asked.of), alias=exp.TableAlias(this=exp.to_identifier(asked.table, quoted=True))
    )
    return exp.Exists(this=exp.select("1").from_(each).where(asked.predicate, copy=False))


def _size(node: exp.ArraySize) -> exp.Expr:
    return _call("JSON_ARRAY_LENGTH", node.this)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


SQLITE: Rules = each_of(
    as_it_comes("sqlite"),
    text_rules(_by_letters),
    {
        exp.Add: _shifted,
        exp.ArraySize: _size,
        exp.AtTimeZone: _in_zone,
        exp.Cast: _literal,
        exp.Escape: _not_escaped,
        exp.Exists: _has,
        exp.Extract: _part,
        exp.Left: _left,
        exp.Like: _like,
        exp.Right: _right,
    },
)
