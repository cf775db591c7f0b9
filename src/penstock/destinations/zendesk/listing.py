"""The listing of all users, or of those changed since an earlier one: a thousand a page, under a limit of its own.

Source: Zendesk's API reference, Incremental Exports. It leaves out the last minute, names users by their first
address alone, and has those who were deleted as well, without address and external id. Only admins may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penstock.destinations.contract import Sightings
from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.window_pace import Standing, WindowPace
from penstock.destinations.zendesk.bulk_endpoint import FORBIDDEN
from penstock.destinations.zendesk.limit_headers import WINDOW_SECONDS, read_listing_limit
from penstock.destinations.zendesk.throttling import judge_throttling
from penstock.errors import DestinationError

USERS_PER_PAGE = 1000
PAGES_PER_MINUTE = 20
"""Until an answer tells the account's own limit."""
_BEGINNING = "0"
_REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Up to where users were listed; with `since` only those that were changed after an earlier listing."""

    bookmark: str
    since: bool


class UserListing:
    """Reads the listing page by page, at the pace of its own limit less the reserve."""

    def __init__(
        self, session: HttpSession, *, match_key: str, reserve: float, speed: float, credentials_fix: str
    ) -> None:
        self._session = session
        self._match_key = match_key
        self._credentials_fix = credentials_fix
        self._pace = WindowPace(
            limit=PAGES_PER_MINUTE,
            fixed=None,
            reserve=reserve,
            window_seconds=WINDOW_SECONDS / speed,
            read=_standing,
            judge=judge_throttling,
        )

    @property
    def spacing_seconds(self) -> float:
        """The time from one page to the next."""
        return self._pace.spacing_seconds

    async def read(self, bookmark: str | None, sightings: Sightings) -> Listed | None:
        """List users on from a bookmark, or all of them where there is none or Zendesk refuses it.

        Returns None if the owner of the token may not list users. Raises DestinationError.
        """
        since = bool(bookmark)
        query = {"cursor": bookmark} if bookmark else {"start_time": _BEGINNING}
        while True:
            reply = await self._page(query)
            if reply.status == FORBIDDEN:
                return None
            if since and query == {"cursor": bookmark} and reply.status in _REFUSED:
                since, query = False, {"start_time": _BEGINNING}
                continue
            content = self._content(reply)
            self._note(content, sightings)
            cursor = content.get("after_cursor")
            if content.get("end_of_stream") is True:
                return Listed(bookmark=str(cursor or bookmark or ""), since=since)
            if not cursor or query == {"cursor": cursor}:
                raise DestinationError(
                    f"{self._session.host} breaks off its listing of users without saying where it goes on.",
                    fix="Run again; if it stays, look at Zendesk's status page.",
                    code="unexpected_answer",
                )
            query = {"cursor": str(cursor)}

    async def _page(self, query: Mapping[str, str]) -> Reply:
        await self._pace.wait()
        reply = await self._session.send(self._request(query))
        self._pace.note(reply)
        return reply

    def _content(self, reply: Reply) -> dict[str, Any]:
        request = self._request({})
        stop_if_hopeless(self._session, request, reply, credentials_fix=self._credentials_fix)
        return expect_object(self._session, request, reply)

    def _note(self, content: Mapping[str, Any], sightings: Sightings) -> None:
        users = content.get("users")
        named = (
            [each for each in users if isinstance(each, dict) and each.get("id")] if isinstance(users, list) else []
        )
        there = [each for each in named if each.get("active") is not False and each.get(self._match_key)]
        sightings.found([str(each[self._match_key]) for each in there], [str(each["id"]) for each in there])
        sightings.gone([str(each["id"]) for each in named if each.get("active") is False])

    @staticmethod
    def _request(query: Mapping[str, str]) -> Request:
        return Request(
            method="GET",
            path="/api/v2/incremental/users/cursor",
            query=query,
            purpose="listing users",
            write=False,
            patient=True,
        )


def _standing(reply: Reply) -> Standing:
    limit = read_listing_limit(reply.headers)
    if limit is None:
        return Standing()
    return Standing(limit=limit.total, remaining=limit.remaining, resets_seconds=limit.resets_seconds)
