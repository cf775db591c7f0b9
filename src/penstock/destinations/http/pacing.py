"""What a session asks of the pace of an account, and whom throttling concerns."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from penstock.destinations.http.messages import Reply


class Throttling(StrEnum):
    """Whom an answer with status 429 concerns."""

    EVERYONE = "everyone"
    """The account's limit is used up: all requests wait."""
    REQUEST = "request"
    """Only this request has to wait."""
    CALLER = "caller"
    """Waiting alone does not help: whoever sent the request has to see the answer."""


class Pacing(Protocol):
    """Lets requests through at the pace that an account permits."""

    async def wait(self, *, urgent: bool = False) -> None:
        """Return when the next request may be sent; urgent ones go before all others."""

    def pause(self, seconds: float) -> None:
        """Let nothing through for that long from now; a longer pause under way stays."""

    def note(self, reply: Reply) -> None:
        """Learn from what an answer says about limits."""

    def judge(self, reply: Reply) -> Throttling:
        """Tell whom an answer with status 429 concerns."""
