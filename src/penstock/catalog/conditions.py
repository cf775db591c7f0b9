"""A segment's tree of conditions, as data. Nothing here knows SQL or YAML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from penstock.errors import Location

Scalar = str | int | Decimal | float | bool | date | datetime


class Operator(StrEnum):
    """What a condition asks of a field; the value is the key that stands for it in a project file."""

    IS = "is"
    IS_NOT = "is_not"
    IS_ANY_OF = "is_any_of"
    IS_NONE_OF = "is_none_of"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    MATCHES = "matches"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    GREATER_THAN = "greater_than"
    AT_LEAST = "at_least"
    BETWEEN = "between"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    LAST = "last"
    NEXT = "next"


class Unit(StrEnum):
    """The unit of a span of time."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time such as `30 days`; `count` is at least 1."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One field asked one thing.

    `operands`: none for the operators that take `true` in YAML (is_empty, is_known …), two for `between`
    (both ends included), any number for `is_any_of` and `is_none_of`, one `Span` for `last` and `next`,
    else one scalar. Text ignores case unless `match_case`.
    """

    field: str
    operator: Operator
    operands: tuple[Scalar | Span, ...] = ()
    match_case: bool = False
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one of the conditions holds; of none, everybody."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one of the conditions holds; of none, nobody."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The condition does not hold; a condition on an unknown value does not hold, so its negation does."""

    condition: Condition


Condition = AllOf | AnyOf | Not | Comparison
