"""Routes: the ways in which the records of a plan go out, each in batches of its own."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.plan.shape import Addressing

_NUMBER_BITS = 40
"""Room for the place of a record in its plan's file; a million million records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a record is addressed, and whether an earlier sending of it is in doubt."""

    addressing: Addressing
    in_doubt: bool

    @property
    def code(self) -> int:
        """What the plan's column `route` says."""
        return (self.addressing is Addressing.REMOTE_ID) + 2 * self.in_doubt

    @property
    def first(self) -> int:
        """The lowest number of its records."""
        return self.code << _NUMBER_BITS


ROUTES = tuple(
    Route(addressing=addressing, in_doubt=in_doubt) for in_doubt in (False, True) for addressing in Addressing
)
"""All routes, in the order of their numbers. A destination that does not tell known users apart uses the first."""


def route_of(number: int) -> Route:
    """The route of the record with that number."""
    return ROUTES[number >> _NUMBER_BITS]


def route_sql(remote_id: str, in_doubt: str) -> str:
    """SQL of a record's route."""
    return f"(CASE WHEN {remote_id} IS NULL THEN 0 ELSE 1 END + CASE WHEN {in_doubt} THEN 2 ELSE 0 END)::TINYINT"


def in_doubt_sql(route: str) -> str:
    """SQL that is true of a record whose route says that an earlier sending of it is in doubt."""
    return f"({route} & 2) <> 0"


def number_sql(place: str, route: str) -> str:
    """SQL of a record's number: its place in the file, in the range of its route."""
    return f"({place} + ({route}::BIGINT << {_NUMBER_BITS}))"
