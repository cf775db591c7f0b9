"""Fields that a model computes: aggregates of related rows, lifted fields, formulas, labels. Frozen data only."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.calculations import Calculation
from penstock.catalog.conditions import Aggregate, Comparison, Condition
from penstock.errors import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregated:
    """A figure of the rows that a path of relations leads to, each of them once.

    `field` is theirs, None for their count. The sum of no known value is 0; there is no average, minimum or maximum
    of none.
    """

    path: tuple[str, ...]
    aggregate: Aggregate
    field: str | None
    where: Condition
    window: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MostRecent:
    """The value of a field in the latest of the related rows, by the time of their model; of equals, in the row with
    the highest primary key."""

    path: tuple[str, ...]
    field: str
    where: Condition
    window: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """The value of a field of the one row that a path of to-one relations leads to."""

    path: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated:
    """What is calculated from other fields of the same row; `text` is how it was written."""

    text: str
    calculation: Calculation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A label, and the condition under which it is given."""

    label: str
    where: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The label of the first case whose condition holds, else `otherwise`."""

    cases: tuple[Case, ...]
    otherwise: str | None


Computation = Aggregated | MostRecent | Lifted | Calculated | Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedField:
    """A field of a model that its source does not have."""

    name: str
    computation: Computation
    location: Location
