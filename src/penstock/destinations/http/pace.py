"""The pace of requests: evenly spaced below a limit, and all of them held while the destination asks for it."""

from __future__ import annotations

import asyncio
import time

from pyrate_limiter import AbstractClock, Rate, RateItem, StateBucket

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.pacing import Throttling

SHARE = 0.97
"""How much of a limit is used: what is left absorbs that requests travel with unequal delay, so that a server that
counts in fixed windows does not see one too many."""

LATENESS_SECONDS = 0.005
"""By how much a request may be made up for that was sent too late, since timers are not exact."""

_UNITS = 1000


class _Microseconds(AbstractClock):
    """The limiter's own unit is a millisecond, too coarse for hundreds of requests a second."""

    def now(self) -> int:
        return time.monotonic_ns() // 1000


class Pace:
    """Lets requests through one after the other, first come, first served."""

    def __init__(self, requests_per_second: float) -> None:
        rate = requests_per_second * SHARE
        # A request weighs many units, so that lateness can be made up for by less than a whole request.
        burst = _UNITS + int(_UNITS * LATENESS_SECONDS * rate)
        self._clock = _Microseconds()
        self._bucket = StateBucket(
            [Rate(limit=_UNITS, interval=max(1, round(1e6 / rate)), burst=burst)], clock=self._clock
        )
        self._spacing_seconds = 1 / rate
        self._free_from = 0.0
        self._turn = asyncio.Lock()
        self._paused_until = 0.0

    @property
    def free_in_seconds(self) -> float:
        """How long nothing is let through from now on; 0 or less when the next request may go."""
        return max(self._free_from, self._paused_until) - time.monotonic()

    def pause(self, seconds: float) -> None:
        """Let nothing through for that long from now; a longer pause under way stays."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def note(self, reply: Reply) -> None:
        """Learn nothing: this pace was fixed beforehand."""

    def judge(self, reply: Reply) -> Throttling:  # noqa: ARG002 - whatever the answer
        """Hold everybody: the limit is one for all requests."""
        return Throttling.EVERYONE

    async def wait(self, *, urgent: bool = False) -> None:  # noqa: ARG002 - first come, first served
        """Return when the next request may be sent; none is urgent here."""
        async with self._turn:
            while True:
                seconds = self._seconds_to_wait()
                if seconds <= 0:
                    return
                await asyncio.sleep(seconds)

    def _seconds_to_wait(self) -> float:
        paused = self._paused_until - time.monotonic()
        if paused > 0:
            return paused
        item = RateItem("request", self._clock.now(), weight=_UNITS)
        if self._bucket.put(item):
            self._free_from = time.monotonic() + self._spacing_seconds
            return 0.0
        waiting = self._bucket.waiting(item)
        if not isinstance(waiting, int):
            raise TypeError("an embedded bucket tells its waiting time at once")
        return waiting / 1e6
