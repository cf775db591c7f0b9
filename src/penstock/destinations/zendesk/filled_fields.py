"""Which attributes of users have a value in Zendesk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from penstock.destinations.contract import UserRef
from penstock.destinations.zendesk.comparison import is_empty
from penstock.destinations.zendesk.delivery import is_there
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.user_reads import User, UserReads


async def filled_fields(
    reads: UserReads, users: Sequence[UserRef], places: Mapping[str, Place], *, match_key: str
) -> list[frozenset[str]]:
    """Tell for each user which of the fields, given by name, have a value. Raises DestinationError."""
    known = {user.remote_id: int(json.loads(user.remote_id)) for user in users if user.remote_id is not None}
    by_id = await reads.by_ids(known.values()) if known else {}
    asked = [user.match for user in users if user.remote_id is None]
    by_match = await reads.by_match(match_key, asked) if asked else {}

    def user_of(who: UserRef) -> User | None:
        return by_match.get(who.match.lower()) if who.remote_id is None else by_id.get(known[who.remote_id])

    return [_filled(user_of(who), places) for who in users]


def _filled(user: User | None, places: Mapping[str, Place]) -> frozenset[str]:
    if user is None or not is_there(user):
        return frozenset()
    return frozenset(name for name, place in places.items() if not is_empty(_value(user, place)))


def _value(user: User, place: Place) -> object:
    within = user if place.member is None else user.get(place.member)
    return within.get(place.key) if isinstance(within, dict) else None
