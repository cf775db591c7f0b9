"""What is wrong with removing those who leave, found before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.entities import FieldMapping, Leave
from penstock.errors import Problem

_SUSPENDED = "suspended"


def leaving_problems(leave: Leave, mappings: Sequence[FieldMapping], *, is_admin: bool) -> list[Problem]:
    """Refuse what Zendesk would, and a mapping that contradicts `leave`.

    Deleting users in bulk is for admins (Zendesk's API reference, Users, destroy_many).
    """
    if leave is Leave.DELETE and not is_admin:
        return [
            Problem(
                code="cannot_delete_users",
                message="The activation says `leave: delete`. Penstock is signed in as an agent, and only an admin"
                " may delete users in Zendesk.",
                fix="Use an admin's token, or `leave: suspend`.",
                location=mappings[0].location if mappings else None,
            )
        ]
    if leave is not Leave.SUSPEND:
        return []
    return [
        Problem(
            code="suspended_twice",
            message="`suspended` is mapped, and with `leave: suspend` Penstock sets it as well: who leaves is"
            " suspended, and who returns no longer is, whatever the mapped field says.",
            fix="Keep one of the two: take `suspended` out of the mapping, or change `leave`.",
            location=mapping.location,
        )
        for mapping in mappings
        if mapping.target == _SUSPENDED and not mapping.custom
    ]
