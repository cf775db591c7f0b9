"""Looking up which users are in Zendesk: asked for, or found in a listing, whichever costs less."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penstock import clock
from penstock.counting import counted, exists, were
from penstock.destinations.contract import LookUp, Sightings, Sought, Traffic
from penstock.destinations.zendesk.delivery import is_there
from penstock.destinations.zendesk.listing import Listed, UserListing
from penstock.destinations.zendesk.look_up_cost import Prices, pages_to_list, requests_to_ask
from penstock.destinations.zendesk.user_reads import UserReads

NOT_ALLOWED = (
    "Listing all users of Zendesk would have taken less time than asking for each, but Zendesk lists them for admins"
    " only: use an admin's token."
)
FIRST_ADDRESS_ONLY = (
    "The listing names users by their first e-mail address alone: whoever has a record's address as a further one"
    " counts as absent."
)
_ASKED_TOGETHER = 1000
_ASKING = {"email": "by search, one request each", "external_id": "by external id, a hundred at a time"}
_LISTING = {False: "in the listing of all users", True: "in the listing of users changed since the last one"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingUp:
    """Looks users up, and says in `notices` how. Raises DestinationError and CredentialsError."""

    users: UserReads
    listing: UserListing
    prices: Prices
    traffic: Traffic
    notices: list[str]
    match_key: str
    may_list: bool

    async def run(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Find out who exists of those who are sought."""
        before = self.traffic.read
        listed = await self._listed(sought, sightings)
        if listed is None:
            await self._ask(sought.values(), sightings)
            way = _ASKING[self.match_key]
        else:
            way = _LISTING[listed.since] + await self._ask_for_unseen(sightings)
        exist = sought.count - sightings.unseen()
        self.notices.append(
            f"{counted(sought.count, 'user')} {were(sought.count)} looked up in Zendesk {way}; {exist:,} of them"
            f" {exists(exist)}. This took {counted(self.traffic.read - before, 'request')}."
        )
        if listed is None:
            return LookUp()
        return LookUp(listing=True, since=listed.since, bookmark=listed.bookmark)

    async def _listed(self, sought: Sought, sightings: Sightings) -> Listed | None:
        """List users where that costs less and is allowed."""
        requests = requests_to_ask(self.match_key, sought.count)
        if not self.prices.listing_pays(requests, pages=1):
            return None
        users = await self.users.count()
        age = clock.now() - sought.listed_at if sought.bookmark and sought.listed_at else None
        if users is None or not self.prices.listing_pays(requests, pages_to_list(users, age)):
            return None
        listed = await self.listing.read(sought.bookmark, sightings) if self.may_list else None
        if listed is None:
            self.notices.append(NOT_ALLOWED)
        return listed

    async def _ask_for_unseen(self, sightings: Sightings) -> str:
        """Ask for those whom a listing did not name, if they are few, and say so."""
        unseen = sightings.unseen()
        if not unseen:
            return ""
        if requests_to_ask(self.match_key, unseen) > self.prices.worth_asking:
            if self.match_key == "email":
                self.notices.append(FIRST_ADDRESS_ONLY)
            return ""
        await self._ask([sightings.unseen_values()], sightings)
        return f", and {unseen:,} whom it did not name {_ASKING[self.match_key]}"

    async def _ask(self, values: Iterable[Sequence[str]], sightings: Sightings) -> None:
        for some in values:
            for start in range(0, len(some), _ASKED_TOGETHER):
                users = await self.users.by_match(self.match_key, some[start : start + _ASKED_TOGETHER])
                found = {match: user["id"] for match, user in users.items() if is_there(user)}
                sightings.found(list(found), [str(each) for each in found.values()])
