"""Types of numbers that are calculated: exact ones keep their places after the point, others are floating."""

from __future__ import annotations

import re

from sqlglot import exp

from penstock.fields import FieldType, Kind

MOST_PLACES = 12
"""An exact result has so many places after the point at most."""
FLOATING = FieldType(kind=Kind.FLOAT, sql="DOUBLE")
WHOLE = FieldType(kind=Kind.INTEGER, sql="BIGINT")
_DIGITS = 38
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", re.IGNORECASE)


def scale_of(type_: FieldType) -> int | None:
    """Return how many places after the point the exact numbers of a type have; None if they are not exact."""
    if type_.kind is Kind.INTEGER:
        return 0
    match = _DECIMAL.fullmatch(type_.sql) if type_.kind is Kind.DECIMAL else None
    return int(match[2]) if match else None


def exact(scale: int) -> FieldType:
    """Return the type of exact numbers with so many places after the point."""
    return FieldType(kind=Kind.DECIMAL, sql=f"DECIMAL({_DIGITS},{scale})")


def as_type(value: exp.Expr, type_: FieldType) -> exp.Expr:
    """Return a value as one of a type."""
    return exp.cast(value, exp.DataType.build(type_.sql, dialect="duckdb"), copy=False)
