"""What looking users up costs, in seconds at the account's limits, and which way is the cheapest.

Asking for users is exact. A listing of all users knows them by their first address alone, and as they were a minute
ago; so it is taken only where asking would take minutes longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from penstock.destinations.zendesk.listing import USERS_PER_PAGE
from penstock.destinations.zendesk.user_reads import MOST_IDS

ASKING_SECONDS = 120.0
"""Asking for so long is always preferred to a listing, and allowed after one, for those whom it did not name."""
_ALL_CHANGED_AFTER = timedelta(days=10)
"""After so long, all users may have been changed since a listing; nobody can ask Zendesk how many were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Seconds from one request to the next, and from one page of a listing to the next; `speed` is a sandbox's."""

    request: float
    page: float
    speed: float

    @property
    def worth_asking(self) -> int:
        """How many requests may be spent on asking before a listing is thought of."""
        return int(ASKING_SECONDS / self.speed / self.request)

    def listing_pays(self, requests: int, pages: int) -> bool:
        """Whether a listing of some pages, and asking for some of whom it does not name, costs less than asking."""
        return requests * self.request > pages * self.page + self.worth_asking * self.request


def requests_to_ask(match_key: str, users: int) -> int:
    """How many requests asking takes: a search for each address, external ids a hundred at a time."""
    portions = -(-users // MOST_IDS)
    return users + portions if match_key == "email" else portions


def pages_to_list(users: int, since: timedelta | None) -> int:
    """How many pages a listing of an account's users has; `since` is the age of an earlier one to go on from."""
    share = 1.0 if since is None else min(1.0, since / _ALL_CHANGED_AFTER)
    return 1 + int(users * share) // USERS_PER_PAGE
