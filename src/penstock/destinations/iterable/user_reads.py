"""Reading users one by one: the surest way to know who exists, and the dearest for many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

from penstock.destinations.contract import Sightings
from penstock.destinations.http.answers import expect_object, read_object, stop_if_hopeless
from penstock.destinations.http.messages import Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.errors import DestinationError

Profile: TypeAlias = Mapping[str, Any]

READS = "reads of users"
"""The limit that these requests count against."""
CONCURRENCY = 64
"""Enough for the permitted rate if an answer takes half a second."""
NOTED_AT_ONCE = 1_000
"""So many users who were found are noted together."""
LOOKING_UP = "looking up users"

_PATHS = {"email": "/api/users/getByEmail", "userId": "/api/users/byUserId"}
_NOBODY = {
    "InvalidEmailAddressError",
    "InvalidUserIdError",
    "UnknownEmailError",
    "UnknownUserIdError",
    "error.users.noUserWithIdExists",
}
"""Codes of answers that mean, whatever their status, that nobody has the identifier."""
_NOBODY_TEXT = b"No user with that id exists"


class UserReads:
    """Reads users by `identifier`, the member of a record that names its user; `purpose` as in a request."""

    def __init__(self, session: HttpSession, identifier: str, *, purpose: str = LOOKING_UP) -> None:
        self._session = session
        self._identifier = identifier
        self._purpose = purpose

    async def find(self, portions: Iterable[Sequence[str]], sightings: Sightings) -> int:
        """Ask for everybody, note who exists, and return how many do. Raises DestinationError, CredentialsError."""
        found: list[str] = []
        count = 0

        def tell(value: str, profile: Profile | None) -> None:
            nonlocal count
            if profile is None:
                return
            found.append(value)
            count += 1
            if len(found) == NOTED_AT_ONCE:
                sightings.found(found)
                found.clear()

        await self.each(chain.from_iterable(portions), tell)
        sightings.found(found)
        return count

    async def each(self, values: Iterable[str], tell: Callable[[str, Profile | None], None]) -> None:
        """Read users, many at the same time, and tell of each by its value what was read; None if there is none.

        Raises DestinationError, CredentialsError.
        """
        waiting = iter(values)
        tasks = [asyncio.create_task(self._work(waiting, tell)) for _ in range(CONCURRENCY)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def profile(self, value: str) -> Profile | None:
        """Read a user; None if there is none. Raises DestinationError, CredentialsError."""
        request = Request(
            method="GET",
            path=_PATHS[self._identifier],
            query={self._identifier: value},
            purpose=self._purpose,
            write=False,
            patient=True,
            pace=READS,
        )
        reply = await self._session.send(request)
        if _means_nobody(reply):
            return None
        stop_if_hopeless(self._session, request, reply, credentials_fix=CREDENTIALS_FIX)
        content = expect_object(self._session, request, reply)
        if content and "user" not in content:  # not to be taken for an absence
            raise DestinationError(
                f"{self._session.host} answers with something that is no user while {self._purpose}.",
                fix="Check the base URL, and that no proxy stands in between.",
                code="unexpected_answer",
            )
        user = content.get("user")
        return user if isinstance(user, dict) and _is_somebody(user) else None

    async def _work(self, waiting: Iterator[str], tell: Callable[[str, Profile | None], None]) -> None:
        for value in waiting:
            tell(value, await self.profile(value))


def _means_nobody(reply: Reply) -> bool:
    content = read_object(reply)
    if content is not None:
        return content.get("code") in _NOBODY
    return reply.status == 400 and reply.body.startswith(_NOBODY_TEXT)


def _is_somebody(user: Mapping[str, Any]) -> bool:
    """Whether a user is not blank: right after a creation, or where there is nobody, it may be."""
    data = user.get("dataFields")
    places = [user, data if isinstance(data, dict) else {}]
    return any(place.get(name) for place in places for name in ("email", "userId"))
