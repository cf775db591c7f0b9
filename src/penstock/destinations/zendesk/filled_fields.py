"""Which attributes of users have a value in Zendesk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from penstock.destinations.contract import AskedValues, UserRef
from penstock.destinations.zendesk.comparison import is_empty
from penstock.destinations.zendesk.delivery import is_there
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.user_reads import User, UserReads


async def read_filled(reads: UserReads, places: Mapping[str, Place], asked: AskedValues, *, match_key: str) -> None:
    """Read users by hundreds, whoever has no remote id yet by match value. Raises DestinationError."""
    for users in asked.users():
        found = await _users(reads, users, match_key)
        filled = {name: [_has_value(user, place) for user in found] for name, place in places.items()}
        asked.note([user.match for user in users], filled)


async def _users(reads: UserReads, users: Sequence[UserRef], match_key: str) -> list[User | None]:
    known = {user.remote_id: int(json.loads(user.remote_id)) for user in users if user.remote_id is not None}
    by_id = await reads.by_ids(known.values()) if known else {}
    unknown = [user.match for user in users if user.remote_id is None]
    by_match = await reads.by_match(match_key, unknown) if unknown else {}
    return [
        by_match.get(user.match.lower()) if user.remote_id is None else by_id.get(known[user.remote_id])
        for user in users
    ]


def _has_value(user: User | None, place: Place) -> bool:
    if user is None or not is_there(user):
        return False
    within = user if place.member is None else user.get(place.member)
    return isinstance(within, dict) and not is_empty(within.get(place.key))
