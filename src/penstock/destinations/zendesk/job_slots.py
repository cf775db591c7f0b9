"""How many jobs may be in flight: 30 for an account, fewer where others use some (Zendesk's API reference)."""

from __future__ import annotations

import asyncio

from penstock.destinations.zendesk.limit_headers import EndpointLimit

MOST_JOBS = 30


class JobSlots:
    """Counts Penstock's jobs in flight, and learns from answers how many there may be."""

    def __init__(self, most: int = MOST_JOBS) -> None:
        self.limit = most
        self.running = 0
        self._most = most
        self._starting = 0
        self._room = asyncio.Event()
        self._end = asyncio.Event()

    async def take(self, stop: asyncio.Event) -> bool:
        """Wait for a slot in which to start a job; False if `stop` was set meanwhile."""
        while not stop.is_set():
            if self._starting + self.running < self.limit:
                self._starting += 1
                return True
            await _first_of(self._room, stop, seconds=None)
        return False

    def started(self, told: EndpointLimit | None) -> None:
        """The job of a taken slot has started; `told` is what the answer says of jobs in flight."""
        self._starting -= 1
        self.running += 1
        if told is None or told.remaining is None:
            self._allow(self.limit + 1)
        else:
            # Counted with those that are just being started: too many by a few is found out, too few is not.
            self._allow(min(self.running + self._starting + told.remaining, told.total or self._most))

    def not_started(self) -> None:
        """The job of a taken slot did not start."""
        self._starting -= 1
        self._wake()

    def busy(self) -> None:
        """Zendesk had no room for the job of a taken slot: there may be as many as there are, for now."""
        self._starting -= 1
        self._allow(min(self.limit, self.running))

    def ended(self) -> None:
        """A job has ended."""
        self.running -= 1
        self._end.set()
        self._end = asyncio.Event()
        self._wake()

    async def wait_for_room(self, stop: asyncio.Event, *, seconds: float) -> None:
        """Wait until one of our jobs has ended, or so long where none of them is in flight."""
        await _first_of(self._end, stop, seconds=None if self.running else seconds)

    def _allow(self, limit: int) -> None:
        self.limit = max(1, min(limit, self._most))
        self._wake()

    def _wake(self) -> None:
        self._room.set()
        self._room = asyncio.Event()


async def _first_of(one: asyncio.Event, other: asyncio.Event, *, seconds: float | None) -> None:
    tasks = [asyncio.ensure_future(each.wait()) for each in (one, other)]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
