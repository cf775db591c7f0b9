"""Queries that break a segment down by a field, over the query of its members that has this field alone.

All counting is done where the data is; what is returned has a few rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlglot import exp

from penstock.fields import PLAIN, Field, FieldType, Kind
from penstock.segments.calendar import Calendar, start_of
from penstock.segments.ranges import Bound
from penstock.segments.times import time_literal

NOT_A_NUMBER = -1
"""The number of the range of NaN; the others are counted from 0, which is what lies below the first bound."""
_MEMBERS, _VALUE, _RECORDS = "penstock_members", "penstock_value", "penstock_records"
_LOW, _HIGH = "0.01", "0.99"


def broken_down_type(type_: FieldType) -> FieldType | None:
    """Return the type of what a field breaks down by, of a list its elements; None if it does not break down."""
    inner = type_.members[0][1] if type_.kind is Kind.LIST and type_.members else type_
    return inner if inner.kind in PLAIN else None


def values_query(members: exp.Select, field: Field, most: int) -> exp.Select:
    """Return SELECT of a value as text, its members, how many values there are, null included, and all members.

    Null comes first; then so many of the others, the commonest first.
    """
    value, records = _column(_VALUE), _column(_RECORDS)
    type_ = broken_down_type(field.type) or field.type
    grouped = exp.select(exp.alias_(value.copy(), _VALUE, quoted=True), _named(exp.Count(this=exp.Star()), _RECORDS))
    grouped = grouped.from_(_values(members, field).subquery(_quoted(_MEMBERS))).group_by(value.copy())
    known = exp.Case(ifs=[exp.If(this=_is_null(value), true=exp.Literal.number(0))], default=exp.Literal.number(1))
    tie = exp.Ordered(this=value.copy())
    tie.meta["of_text"] = type_.kind is Kind.TEXT
    whole = exp.Window(this=exp.Count(this=exp.Star()))
    total = exp.Window(this=exp.Sum(this=records.copy()))
    return (
        exp.select(_as_text(value.copy(), type_), records.copy(), whole, total)
        .from_(grouped.subquery(_quoted("penstock_groups")))
        .order_by(exp.Ordered(this=known), exp.Ordered(this=records.copy(), desc=True), tie)
        .limit(most + 1)
    )


def spread_query(members: exp.Select, field: Field) -> exp.Select:
    """Return SELECT, as text, of the two values between which nearly all lie; null if there are none."""
    value = _column(_VALUE)
    found = [
        _as_text(
            exp.WithinGroup(
                this=exp.PercentileDisc(this=exp.Literal.number(share)),
                expression=exp.Order(expressions=[exp.Ordered(this=value.copy())]),
            ),
            field.type,
        )
        for share in (_LOW, _HIGH)
    ]
    query = exp.select(*found).from_(_values(members, field).subquery(_quoted(_MEMBERS)))
    if field.type.kind is not Kind.FLOAT:
        return query
    finite = (
        exp.GT(this=value.copy(), expression=_infinity("-inf")),
        exp.LT(this=value, expression=_infinity("inf")),
    )
    return query.where(*finite)


def ranges_query(members: exp.Select, field: Field, bounds: Sequence[Bound], calendar: Calendar) -> exp.Select:
    """Return SELECT of the number of a range, null for no value, and its members; empty ranges are left out."""
    value, number = _column(_VALUE), "penstock_range"
    cases = [exp.If(this=_is_null(value), true=exp.null())]
    if field.type.kind is Kind.FLOAT:
        beyond = exp.GT(this=value.copy(), expression=_infinity("inf"))
        cases.append(exp.If(this=beyond, true=exp.Literal.number(NOT_A_NUMBER)))
    cases += [
        exp.If(
            this=exp.LT(this=value.copy(), expression=_literal(bound, field, calendar)),
            true=exp.Literal.number(place),
        )
        for place, bound in enumerate(bounds)
    ]
    case = exp.Case(ifs=cases, default=exp.Literal.number(len(bounds)))
    placed = exp.select(_named(case, number)).from_(_values(members, field).subquery(_quoted(_MEMBERS)))
    return (
        exp.select(_column(number), exp.Count(this=exp.Star()))
        .from_(placed.subquery(_quoted("penstock_placed")))
        .group_by(_column(number))
    )


def _values(members: exp.Select, field: Field) -> exp.Select:
    """Return SELECT of the field as _VALUE: of a list one row for each of its elements, or one null."""
    rows, column = members.copy().subquery(_quoted("penstock_rows")), _column(field.name)
    if field.type.kind is not Kind.LIST:
        return exp.select(_named(column, _VALUE)).from_(rows)
    element = _column("element")
    of = exp.TableAlias(this=_quoted("penstock_elements"), columns=[_quoted("element")])
    elements = exp.select(element).distinct().from_(exp.Unnest(expressions=[column], alias=of))
    elements = elements.where(exp.not_(_is_null(element)))
    lateral = exp.Lateral(this=exp.Subquery(this=elements), alias=exp.TableAlias(this=_quoted("penstock_each")))
    joined = exp.Join(this=lateral, side="LEFT", on=exp.true())
    query = exp.select(_named(element.copy(), _VALUE)).from_(rows)
    query.set("joins", [joined])
    return query


def _literal(bound: Bound, field: Field, calendar: Calendar) -> exp.Expr:
    kind, at = field.type.kind, bound.at
    if isinstance(at, date):
        return time_literal(at if kind is Kind.DATE else start_of(at), kind, calendar)
    if kind is Kind.FLOAT:
        return exp.cast(exp.Literal.string(repr(float(at))), "double")
    return exp.Literal.number(bound.text)


def _as_text(value: exp.Expr, type_: FieldType) -> exp.Expr:
    return value if type_.kind is Kind.TEXT else exp.cast(value, "text")


def _is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value.copy(), expression=exp.null())


def _infinity(text: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(text), "double")


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
