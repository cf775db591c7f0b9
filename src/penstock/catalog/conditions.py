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
    MORE_THAN_AGO = "more_than_ago"
    ANNIVERSARY = "anniversary"
    CONTAINS_ANY = "contains_any"
    CONTAINS_ALL = "contains_all"
    CONTAINS_NONE = "contains_none"


class Unit(StrEnum):
    """The unit of a span of time."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time such as `30 days`; `count` is at least 1."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One field asked one thing.

    `operands`: none for the operators that take `true` in YAML (is_empty, is_known …), two for `between`
    (both ends included), any number for the operators that take a list, one `Span` for `last`, `next` and
    `more_than_ago`, else one scalar. Text ignores case unless `match_case`.
    """

    field: str
    operator: Operator
    operands: tuple[Scalar | Span, ...] = ()
    match_case: bool = False
    location: Location


class Have(StrEnum):
    """How many of the related rows a condition must hold for."""

    ANY = "any"
    ALL = "all"
    """Every one, and there is one at least."""
    NONE = "none"


class Aggregate(StrEnum):
    """What is computed from related rows; the value is the key that stands for it in a project file."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of the related rows, compared with a value.

    `field` is a field of theirs, None for their count. The sum of no known value is 0; there is no average, minimum
    or maximum of none, and nothing holds for it.
    """

    aggregate: Aggregate
    field: str | None
    operator: Operator
    operands: tuple[Scalar | Span, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What is asked of the rows that a path of relations leads to, each of them once.

    `window` bounds the rows that are looked at; of these `where` must hold for any, all or none, or for those that
    are measured.
    """

    path: tuple[str, ...]
    where: Condition
    window: Comparison | None = None
    have: Have = Have.ANY
    measure: Measure | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that was done: a row of a related model of kind `events`, with the time at which it happened."""

    path: tuple[str, ...]
    where: Condition
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Something was done, and something else later, `within` a span of time if one is given."""

    first: Step
    then: Step
    within: Span | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    """The row is in another segment of the same model."""

    segment: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """One expression in the source's own SQL over the fields of the model; unknown does not hold."""

    sql: str
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


Leaf = Comparison | Related | Followed | InSegment | Sql
Condition = AllOf | AnyOf | Not | Leaf
EVERYBODY = AllOf(conditions=())
