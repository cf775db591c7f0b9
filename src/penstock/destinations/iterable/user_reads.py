"""Reading users one by one: the surest way to know who exists, and the dearest for many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from penstock.destinations.contract import Sightings
from penstock.destinations.http.answers import expect_object, read_object, stop_if_hopeless
from penstock.destinations.http.messages import Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.errors import DestinationError

READS = "reads of users"
"""The limit that these requests count against."""
CONCURRENCY = 64
"""Enough for the permitted rate if an answer takes half a second."""

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
    """Reads users by `identifier`, the member of a record that names its user."""

    def __init__(self, session: HttpSession, identifier: str) -> None:
        self._session = session
        self._identifier = identifier

    async def find(self, portions: Iterable[Sequence[str]], sightings: Sightings) -> int:
        """Ask for everybody, note who exists, and return how many do. Raises DestinationError, CredentialsError."""
        count = 0
        for portion in portions:
            found = await self._existing(portion)
            sightings.found(found)
            count += len(found)
        return count

    async def profile(self, value: str) -> Mapping[str, Any] | None:
        """Read a user; None if there is none. Raises DestinationError, CredentialsError."""
        request = Request(
            method="GET",
            path=_PATHS[self._identifier],
            query={self._identifier: value},
            purpose="looking up users",
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
                f"{self._session.host} answers with something that is no user while looking up users.",
                fix="Check the base URL, and that no proxy stands in between.",
                code="unexpected_answer",
            )
        user = content.get("user")
        return user if isinstance(user, dict) and _is_somebody(user) else None

    async def _existing(self, values: Sequence[str]) -> list[str]:
        waiting = iter(values)
        found: list[str] = []
        tasks = [asyncio.create_task(self._work(waiting, found)) for _ in range(min(CONCURRENCY, len(values)))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return found

    async def _work(self, waiting: Iterator[str], found: list[str]) -> None:
        for value in waiting:
            if await self.profile(value):
                found.append(value)  # noqa: PERF401 - others add to it meanwhile


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
