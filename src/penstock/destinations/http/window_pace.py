"""The pace under a limit per window of time that the destination tells with its answers and shares with others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.pace import LATENESS_SECONDS, SHARE
from penstock.destinations.http.pacing import Throttling


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an answer says of the present window; None for what it does not say."""

    limit: int | None = None
    remaining: int | None = None
    resets_seconds: float | None = None


class WindowPace:
    """Lets requests through one after the other, evenly spaced below the limit, urgent ones first.

    `limit` holds until an answer tells another; `fixed` instead of any told one. The share `reserve` of it is left
    to whatever else uses the account: once no more than that is left, nothing goes out before the window ends.
    """

    def __init__(
        self,
        *,
        limit: float,
        fixed: float | None,
        reserve: float,
        window_seconds: float,
        read: Callable[[Reply], Standing],
        judge: Callable[[Reply], Throttling],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.judge = judge
        self._limit = limit if fixed is None else fixed
        self._is_fixed = fixed is not None
        self._reserve = reserve
        self._window_seconds = window_seconds
        self._read = read
        self._clock = clock
        self._turn = asyncio.Lock()
        self._urgent = 0
        self._next = clock()
        self._held_until = 0.0

    @property
    def spacing_seconds(self) -> float:
        """The time from one request to the next."""
        return self._window_seconds / (self._limit * (1 - self._reserve) * SHARE)

    @property
    def free_in_seconds(self) -> float:
        """How long nothing is let through from now on; 0 or less when the next request may go."""
        return max(self._held_until, self._next) - self._clock()

    def pause(self, seconds: float) -> None:
        """Let nothing through for that long from now; a longer pause under way stays."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def note(self, reply: Reply) -> None:
        """Take over the limit that an answer tells, and wait for the next window where this one is used up."""
        standing = self._read(reply)
        if standing.limit and not self._is_fixed:
            self._limit = standing.limit
        reserved = (standing.limit or self._limit) * self._reserve
        if standing.remaining is not None and standing.remaining <= reserved:
            left = self._window_seconds if standing.resets_seconds is None else standing.resets_seconds
            # Never twice at once: an answer from the very end of a window says little about the next.
            self.pause(min(max(left, self.spacing_seconds), self._window_seconds))

    async def wait(self, *, urgent: bool = False) -> None:
        """Return when the next request may be sent; urgent ones go before all others."""
        if not urgent:
            async with self._turn:
                await self._pass(urgent=False)
            return
        self._urgent += 1
        try:
            await self._pass(urgent=True)
        finally:
            self._urgent -= 1

    async def _pass(self, *, urgent: bool) -> None:
        while True:
            seconds = self._take(urgent=urgent)
            if seconds <= 0:
                return
            await asyncio.sleep(seconds)

    def _take(self, *, urgent: bool) -> float:
        """Take the next place and return 0, or the seconds after which to ask again."""
        now = self._clock()
        early = max(self._held_until, self._next) - now
        if early > 0:
            return early
        if self._urgent and not urgent:
            return self.spacing_seconds / 4
        self._next = max(self._next, now - LATENESS_SECONDS) + self.spacing_seconds
        return 0.0
