"""Finding out who exists in a project, in the way that costs least.

An e-mail-based project that is matched on user id refuses unknown users by itself, so nobody need be looked up there.
Otherwise users are read one by one, or, if that takes longer, from an export of all users.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import chain, islice

from penstock.counting import counted, exists, were
from penstock.destinations.contract import LookUp, Sightings, Sought
from penstock.destinations.http.pace import SHARE
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.matching import Matching
from penstock.destinations.iterable.user_export import (
    ASK_AGAIN,
    LISTING_SECONDS,
    UnusableExportError,
    export_users,
)
from penstock.destinations.iterable.user_reads import UserReads

PROBES = 10
"""So many users are read to prove of which type a project is."""


@dataclass(frozen=True, slots=True)
class LookingUp:
    """Looks users up for one service; `notices` is where it says which way it took."""

    session: HttpSession
    matching: Matching
    reads_per_second: float
    notices: list[str]

    async def up(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Find out who exists. Raises DestinationError, CredentialsError, StorageError."""
        if sought.singly:
            return await self._singly(sought, sightings, why="whom the listing does not name")
        if self.matching.refuses_strangers and await self._is_proven(sought):
            return LookUp(left_to_delivery=True)
        reading_seconds = sought.count / (self.reads_per_second * SHARE)
        if reading_seconds > max(LISTING_SECONDS, _seconds_of(sought.bookmark)):
            listed = await self._listed(sought, sightings, patience_seconds=reading_seconds)
            if listed is not None:
                return listed
        return await self._singly(sought, sightings)

    async def _singly(self, sought: Sought, sightings: Sightings, *, why: str = "") -> LookUp:
        before = self.session.traffic.read
        found = await self._reads.find(sought.values(), sightings)
        requests = self.session.traffic.read - before
        self.notices.append(
            f"{counted(sought.count, 'user')}{f' {why}' if why else ''} {were(sought.count)} looked up one by one,"
            f" with {counted(requests, 'request')}; {found:,} {exists(found)}."
        )
        return LookUp()

    async def _listed(self, sought: Sought, sightings: Sightings, *, patience_seconds: float) -> LookUp | None:
        """Look everybody up in a listing of all users; None if that fails, or takes longer than reading them."""
        began = time.monotonic()
        try:
            users = await export_users(
                self.session,
                self.matching.identifier,
                sought.scratch / "users.ndjson",
                lambda batch: sightings.found(batch.column(0)),
                patience_seconds=patience_seconds,
            )
        except UnusableExportError as error:
            self.notices.append(f"A listing of all users could not be had: {error}.")
            return None
        in_it = sought.count - sightings.unseen()
        self.notices.append(
            f"{counted(sought.count, 'user')} {were(sought.count)} looked up in a listing of all"
            f" {counted(users, 'user')} of the project; {in_it:,} {'is' if in_it == 1 else 'are'} in it."
        )
        bookmark = json.dumps({"seconds": round(time.monotonic() - began, 1)})
        return LookUp(listing=True, bookmark=bookmark, ask_again=ASK_AGAIN)

    async def _is_proven(self, sought: Sought) -> bool:
        """Whether a user who exists shows that the project is e-mail-based, as its settings say.

        Other projects pay no heed to `preferUserId`, and would create whomever they do not know.
        """
        for value in islice(chain.from_iterable(sought.values()), PROBES):
            profile = await self._reads.profile(value)
            if profile is None:
                continue
            data = profile.get("dataFields")
            if "itblUserId" not in profile and not (isinstance(data, dict) and "itblUserId" in data):
                self.notices.append("Nobody was looked up: Iterable itself refuses users that it does not know.")
                return True
            self.notices.append(
                "The project does not seem to be e-mail-based, as the destination's `project_type` says:"
                " its users have an `itblUserId`. So users are looked up."
            )
            return False
        return False

    @property
    def _reads(self) -> UserReads:
        return UserReads(self.session, self.matching.identifier)


def _seconds_of(bookmark: str | None) -> float:
    """How long the last listing took, as it noted."""
    try:
        return float(json.loads(bookmark)["seconds"]) if bookmark else 0.0
    except (ValueError, KeyError, TypeError):
        return 0.0
