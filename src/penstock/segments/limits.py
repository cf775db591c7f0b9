"""What a segment keeps of the rows for which its conditions hold: the first by a field, a share, all but a share.

A share is chosen by the hash of a salt and the primary key, written in hexadecimal, as which it has the same order in
every warehouse: whoever is in it stays in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from penstock.catalog.entities import Segment, Split, Top
from penstock.errors import Problem
from penstock.fields import NUMBERS, TIMES, Kind
from penstock.segments.keys import derived
from penstock.segments.rows import Rows

_DIGITS = 8
_KEY = "penstock_key"
_SPLIT_KEYS = frozenset({Kind.TEXT, Kind.INTEGER})


def limited(query: exp.Select, rows: Rows, segment: Segment, columns: Sequence[exp.Expr]) -> exp.Select:
    """Return these columns of those whom a segment keeps, of a query without columns FROM the rows."""
    key = rows.column(rows.shape.model.primary_key)
    shares = [(split, keeps) for split, keeps in ((segment.split, True), (segment.hold_out, False)) if split]
    shares = [(split, keeps) for split, keeps in shares if not keeps or split.low > 0 or split.high < 100]
    if segment.top is None:
        for split, keeps in shares:
            query = query.where(_share(key.copy(), split, keeps), copy=False)
        return query.select(*columns, copy=False)
    query = _first(query, rows, segment.top)
    if not shares:
        return query.select(*columns, copy=False)
    # A share is one of those who are kept: who they are must be settled first.
    name = rows.shape.model.primary_key
    has_key = any(column.is_star or column.alias_or_name == name for column in columns)
    settled = query.select(*columns, *([] if has_key else [exp.alias_(key, _KEY, quoted=True)]), copy=False)
    kept = [rows.everything if column.is_star else _named(column.alias_or_name, rows) for column in columns]
    query = exp.select(*kept).from_(derived(settled, rows.alias), copy=False)
    for split, keeps in shares:
        query = query.where(_share(_named(name if has_key else _KEY, rows), split, keeps), copy=False)
    return query


def _named(name: str, rows: Rows) -> exp.Expr:
    return exp.column(name, table=rows.alias, quoted=True)


def limit_problems(segment: Segment, rows: Rows) -> list[Problem]:
    """Say what is wrong with a segment's limits."""
    fields, problems = rows.fields, []
    if segment.top is not None:
        by = fields.get(segment.top.by)
        if by is None:
            message = f"`top` is by `{segment.top.by}`, which is not a field of the model."
            problems.append(_problem(message, f"The fields are {', '.join(sorted(fields))}.", segment.top))
        elif by.type.kind not in NUMBERS | TIMES:
            message = f"`top` is by `{by.name}`, which is {by.type}."
            problems.append(_problem(message, "Choose a field of numbers, dates or times.", segment.top))
    key = fields.get(rows.shape.model.primary_key)
    for split in (segment.split, segment.hold_out):
        if split is not None and (key is None or key.type.kind not in _SPLIT_KEYS):
            message = "A share can only be chosen of rows whose primary key is a whole number or text."
            problems.append(_problem(message, "Cast the primary key to text in the model's SQL.", split))
    return problems


def _first(query: exp.Select, rows: Rows, top: Top) -> exp.Select:
    """Keep the first; whose value is unknown, or NaN, is never among them."""
    by = rows.column(top.by)
    known = exp.not_(exp.Is(this=by.copy(), expression=exp.null()), copy=False)
    query = query.where(known, copy=False)
    if rows.type_of(top.by).kind is Kind.FLOAT:
        infinity = exp.cast(exp.Literal.string("inf"), "double")
        query = query.where(exp.LTE(this=by.copy(), expression=infinity), copy=False)
    key = rows.shape.model.primary_key
    tie = exp.Ordered(this=rows.column(key))
    tie.meta["of_text"] = key in rows.shape.fields and rows.shape.fields[key].type.kind is Kind.TEXT
    order = [exp.Ordered(this=by, desc=not top.lowest), tie]
    return query.order_by(*order, copy=False).limit(top.number, copy=False)


def _share(key: exp.Expr, split: Split, keeps: bool) -> exp.Expr:
    salted = exp.Concat(expressions=[exp.Literal.string(f"{split.salt}:"), exp.cast(key, "text")], safe=False)
    digest = exp.Substring(
        this=exp.Lower(this=exp.MD5(this=salted)),
        start=exp.Literal.number(1),
        length=exp.Literal.number(_DIGITS),
    )
    ends: list[exp.Expr] = []
    if split.low > 0:
        ends.append(exp.GTE(this=digest.copy(), expression=_bound(split.low)))
    if split.high < 100:
        ends.append(exp.LT(this=digest.copy(), expression=_bound(split.high)))
    inside = exp.and_(*ends, copy=False) if ends else exp.true()
    return inside if keeps else exp.not_(exp.paren(inside, copy=False), copy=False)


def _bound(percent: Decimal) -> exp.Expr:
    return exp.Literal.string(f"{int(percent * 16**_DIGITS / 100):0{_DIGITS}x}")


def _problem(message: str, fix: str, at: Top | Split) -> Problem:
    return Problem(code="bad_limit", message=message, fix=fix, location=at.location)
