"""Routes: the ways in which the records of a plan go out, each in batches of its own."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.entities import Leave
from penstock.plan.plan import Op
from penstock.plan.shape import Action, Addressing

_NUMBER_BITS = 40
"""Room for the place of a record in its plan's file; a million million records."""

_ACTIONS = tuple(Action)
_IN_DOUBT, _ACTION = 2, 4
"""What doubt, and each further action, add to a route's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is done to a record, how it is addressed, and whether an earlier sending of it is in doubt."""

    addressing: Addressing
    in_doubt: bool
    action: Action = Action.WRITE

    @property
    def code(self) -> int:
        """What the plan's column `route` says."""
        by_id = self.addressing is Addressing.REMOTE_ID
        return by_id + _IN_DOUBT * self.in_doubt + _ACTION * _ACTIONS.index(self.action)

    @property
    def first(self) -> int:
        """The lowest number of its records."""
        return self.code << _NUMBER_BITS


ROUTES = tuple(
    Route(action=action, addressing=addressing, in_doubt=in_doubt)
    for action in Action
    for in_doubt in (False, True)
    for addressing in Addressing
)
"""All routes, in the order of their numbers. A destination that does not tell known users apart uses the first of
each action."""


def route_of(number: int) -> Route:
    """The route of the record with that number."""
    return ROUTES[number >> _NUMBER_BITS]


def way_sql(remote_id: str, in_doubt: str) -> str:
    """SQL of how a record is addressed and whether it is in doubt, as part of its route."""
    return f"(CASE WHEN {remote_id} IS NULL THEN 0 ELSE 1 END + CASE WHEN {in_doubt} THEN {_IN_DOUBT} ELSE 0 END)"


def action_sql(op: str, leave: Leave, restores: str) -> str:
    """SQL of what is done to a record, as part of its route; `restores` is true of who was suspended."""
    removal = Action.DELETE if leave is Leave.DELETE else Action.SUSPEND
    clears, removes, restored = (_ACTION * _ACTIONS.index(each) for each in (Action.CLEAR, removal, Action.RESTORE))
    return (
        f"CASE WHEN {op} = '{Op.CLEAR}' THEN {clears} WHEN {op} = '{Op.REMOVE}' THEN {removes}"
        f" WHEN {restores} THEN {restored} ELSE 0 END"
    )


def relocated_sql(route: str, remote_id: str) -> str:
    """SQL of a route once it is known by which remote id, if any, a record is addressed."""
    return f"({route} - ({route} & 1) + CASE WHEN {remote_id} IS NULL THEN 0 ELSE 1 END)::TINYINT"


def restores_sql(route: str) -> str:
    """SQL that is true of a record with which a suspension is lifted, whatever else is sent."""
    return f"({route} // {_ACTION} = {_ACTIONS.index(Action.RESTORE)})"


def number_sql(place: str, route: str) -> str:
    """SQL of a record's number: its place in the file, in the range of its route."""
    return f"({place} + ({route}::BIGINT << {_NUMBER_BITS}))"
