"""A session with a Zendesk account for tests of single calls."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from penstock.destinations.http.pace import Pace
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import HttpSession, Timeouts, open_session
from penstock.destinations.zendesk.credentials import authorization, secrets_of
from penstock.destinations.zendesk.settings import OAuth, ZendeskSettings

TOKEN = "q7-very-secret"  # what a token looks like; it opens nothing
QUICK = RetryPolicy(
    attempts=3, seconds=5, throttled_seconds=5, wait_initial_seconds=0.01, throttled_wait_initial_seconds=0.05
)

Result = TypeVar("Result")


def settings(url: str, auth: OAuth | None = None) -> ZendeskSettings:
    return ZendeskSettings(base_url=url, auth=auth or OAuth(token=TOKEN))


async def using(found: ZendeskSettings, use: Callable[[HttpSession], Awaitable[Result]]) -> Result:
    async with open_session(
        base_url=found.base_url,
        headers={"Authorization": authorization(found.auth), "Content-Type": "application/json"},
        secrets=secrets_of(found.auth),
        pace=Pace(1_000),
        retry=QUICK,
        timeouts=Timeouts(connect_seconds=2, total_seconds=5),
    ) as session:
        return await use(session)
