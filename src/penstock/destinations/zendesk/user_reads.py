"""Reading users back. Source: Zendesk's API reference, Users (show_many, search), and recorded answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.zendesk.envelopes import read_refusal

User: TypeAlias = dict[str, Any]

MOST_IDS = 100
_NOT_FOUND = "RecordNotFound"
_LONGEST_QUERY = 4000
"""Characters of ids in one address, which servers take without complaint."""
_IN_FLIGHT = 10
"""Reads under way at a time, enough to use up the limit of a large account although each takes a while."""


class UserReads:
    """Raises DestinationError where users cannot be read."""

    def __init__(self, session: HttpSession, *, credentials_fix: str) -> None:
        self._session = session
        self._credentials_fix = credentials_fix
        self._room = asyncio.Semaphore(_IN_FLIGHT)

    async def count(self) -> int | None:
        """Count all users, roughly; None where Zendesk does not tell."""
        told = (await self._read("count", {})).get("count")
        value = told.get("value") if isinstance(told, dict) else None
        return value if isinstance(value, int) else None

    async def by_match(self, match_key: str, values: Iterable[str]) -> dict[str, User]:
        """Read users by the identifier that records are matched on, in lower case."""
        read = self.by_emails if match_key == "email" else self.by_external_ids
        return await read(values)

    async def by_ids(self, ids: Iterable[int]) -> dict[int, User]:
        """Read users, deleted ones too, which are then not `active`."""
        portions = _portions([str(each) for each in ids])
        contents = await self._read_all(("show_many", {"ids": ",".join(portion)}) for portion in portions)
        return {user_id: user for content in contents for user_id, user in _by_id(content).items()}

    async def by_external_ids(self, external_ids: Iterable[str]) -> dict[str, User]:
        """Read users by their external ids in lower case."""
        given = list(external_ids)
        portions = _portions([each for each in given if "," not in each])
        reads = [("show_many", {"external_ids": ",".join(portion)}) for portion in portions]
        reads += [("search", {"external_id": each}) for each in given if "," in each]  # a list cannot express it
        users = [user for content in await self._read_all(reads) for user in _users(content)]
        return {str(user["external_id"]).lower(): user for user in users if user.get("external_id")}

    async def by_emails(self, addresses: Iterable[str]) -> dict[str, User]:
        """Read users by any of their addresses, in lower case.

        What a search shows may be out of date; so its finds are read again, with all their addresses.
        """
        searches = [("search", {"query": f'email:"{each}"'}) for each in addresses if '"' not in each]
        candidates = {user_id: None for content in await self._read_all(searches) for user_id in _by_id(content)}
        return await self.with_addresses(candidates)

    async def with_addresses(self, ids: Iterable[int]) -> dict[str, User]:
        """Read users of these ids by each of their addresses, in lower case."""
        portions = _portions([str(each) for each in ids])
        reads = [("show_many", {"ids": ",".join(portion), "include": "identities"}) for portion in portions]
        found: dict[str, User] = {}
        for content in await self._read_all(reads):
            users = _by_id(content)
            for user in users.values():
                if user.get("email"):
                    found[str(user["email"]).lower()] = user
            for user_id, address in _addresses(content):
                if user_id in users:
                    found[address] = users[user_id]
        return found

    async def _read_all(self, reads: Iterable[tuple[str, Mapping[str, str]]]) -> list[dict[str, Any]]:
        """Make some reads at the same time, and return what they say in their order."""
        tasks = [asyncio.create_task(self._in_turn(name, query)) for name, query in reads]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _in_turn(self, name: str, query: Mapping[str, str]) -> dict[str, Any]:
        async with self._room:
            return await self._read(name, query)

    async def _read(self, name: str, query: Mapping[str, str]) -> dict[str, Any]:
        request = Request(
            method="GET",
            path=f"/api/v2/users/{name}",
            query=query,
            purpose="reading users back",
            write=False,
            patient=True,
        )
        reply = await self._session.send(request)
        if reply.status == 404 and read_refusal(reply).code == _NOT_FOUND:
            return {}
        stop_if_hopeless(self._session, request, reply, credentials_fix=self._credentials_fix)
        return expect_object(self._session, request, reply)


def _portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """Cut ids into lists that one address can hold."""
    portion: list[str] = []
    length = 0
    for each in ids:
        size = len(quote(each, safe="")) + 3
        if portion and (len(portion) == MOST_IDS or length + size > _LONGEST_QUERY):
            yield portion
            portion, length = [], 0
        portion.append(each)
        length += size
    if portion:
        yield portion


def _users(content: Mapping[str, Any]) -> list[User]:
    users = content.get("users")
    return [each for each in users if isinstance(each, dict)] if isinstance(users, list) else []


def _by_id(content: Mapping[str, Any]) -> dict[int, User]:
    return {user["id"]: user for user in _users(content) if isinstance(user.get("id"), int)}


def _addresses(content: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    identities = content.get("identities")
    for each in identities if isinstance(identities, list) else []:
        if isinstance(each, dict) and each.get("type") == "email" and isinstance(each.get("user_id"), int):
            yield each["user_id"], str(each.get("value")).lower()
