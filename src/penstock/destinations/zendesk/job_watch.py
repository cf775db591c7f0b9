"""Watches all jobs in flight with one poll per interval, and tells each waiting batch when its job has ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from penstock.destinations.zendesk.job_status import JobCompleted, JobEnd, JobLost, JobStatus, Stage
from penstock.destinations.zendesk.poll_interval import poll_interval
from penstock.errors import CredentialsError, DestinationError

STALLED_SECONDS = 1800.0
"""A job that does not move for so long is given up."""
UNHEARD_SECONDS = 600.0
"""After so long without an answer to a poll every job is given up."""
UNSETTLED_SECONDS = 5.0
"""A job younger than this may not be listed everywhere yet."""


class _Reads(Protocol):
    async def show_many(self, ids: Collection[str]) -> list[JobStatus]: ...

    async def show(self, job_id: str) -> JobStatus | None: ...


@dataclass(slots=True)
class _Followed:
    end: asyncio.Future[JobEnd]
    since: float
    moved: float
    marks: tuple[str, int | None] = ("", None)


class JobWatch:
    """Polls as long as a job is followed, and only then.

    `speed` divides every interval; `spacing` tells the seconds from one permitted request to the next.
    """

    def __init__(
        self,
        reads: _Reads,
        *,
        speed: float = 1.0,
        spacing: Callable[[], float] = lambda: 0.0,
        quote: Callable[[str], str] = str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reads = reads
        self._speed = speed
        self._spacing = spacing
        self._quote = quote
        self._clock = clock
        self._jobs: dict[str, _Followed] = {}
        self._task: asyncio.Task[None] | None = None
        self._added = asyncio.Event()
        self._polled = float("-inf")
        self._heard = 0.0
        self._failures = 0

    def follow(self, job_id: str) -> asyncio.Future[JobEnd]:
        """Return what will tell the job's end; cancelled, the job is no longer followed."""
        now = self._clock()
        if job_id in self._jobs:
            return self._jobs[job_id].end
        end: asyncio.Future[JobEnd] = asyncio.get_running_loop().create_future()
        self._jobs[job_id] = _Followed(end=end, since=now, moved=now)
        end.add_done_callback(lambda _: self._jobs.pop(job_id, None))
        if self._task is None or self._task.done():
            self._polled = max(self._polled, now)
            self._heard, self._failures = now, 0
            self._task = asyncio.create_task(self._poll_all())
            self._task.add_done_callback(self._ended)
        self._added.set()
        return end

    async def close(self) -> None:
        """Follow nothing any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _poll_all(self) -> None:
        while self._jobs:
            await self._until_due()
            if not self._jobs:
                return
            self._polled = self._clock()
            try:
                await self._poll()
            except CredentialsError:
                raise
            except DestinationError as error:
                self._failures += 1
                if self._virtual_since(self._heard) >= UNHEARD_SECONDS:
                    self._give_up_all(JobLost(code=error.code, reason=error.message))
            else:
                self._failures, self._heard = 0, self._clock()

    async def _until_due(self) -> None:
        while self._jobs:
            youngest = min(self._virtual_since(job.since) for job in self._jobs.values())
            spacing = self._spacing() * self._speed
            interval = poll_interval(youngest, spacing_seconds=spacing, failures=self._failures)
            due = self._polled + interval / self._speed
            wait = due - self._clock()
            if wait <= 0:
                return
            self._added.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._added.wait()
            except TimeoutError:
                return

    async def _poll(self) -> None:
        asked = [job_id for job_id, followed in self._jobs.items() if not followed.end.done()]
        if not asked:
            return
        seen = {job.id: job for job in await self._reads.show_many(asked)}
        for job_id in asked:
            followed = self._jobs.get(job_id)
            if followed is None:
                continue
            status = seen.get(job_id) or await self._reads.show(job_id)
            if not followed.end.done():
                self._take(job_id, followed, status)

    def _take(self, job_id: str, followed: _Followed, status: JobStatus | None) -> None:
        now = self._clock()
        if status is None:
            if self._virtual_since(followed.since) >= UNSETTLED_SECONDS:
                followed.end.set_result(JobLost(code="job_vanished", reason=f"Zendesk no longer knows job {job_id}."))
        elif status.stage is Stage.COMPLETED:
            followed.end.set_result(JobCompleted(results=status.results))
        elif status.stage is Stage.FAILED:
            followed.end.set_result(self._failed(status))
        elif status.marks != followed.marks:
            followed.marks, followed.moved = status.marks, now
        elif self._virtual_since(followed.moved) >= STALLED_SECONDS:
            reason = f"Zendesk's job {job_id} is {status.word} and has not moved for half an hour."
            followed.end.set_result(JobLost(code="job_stalled", reason=reason))

    def _failed(self, status: JobStatus) -> JobLost:
        words = [status.message] if status.message else []
        if status.results:
            words.append(str(status.results))
        told = self._quote(" ".join(words))
        return JobLost(
            code="job_failed",
            reason=f"Zendesk's job {status.id} ended as {status.word}" + (f": {told}" if told else "."),
        )

    def _virtual_since(self, moment: float) -> float:
        return (self._clock() - moment) * self._speed

    def _give_up_all(self, end: JobEnd) -> None:
        for followed in list(self._jobs.values()):
            if not followed.end.done():
                followed.end.set_result(end)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Hand whatever ended the polling to everybody who waits; a batch may do without hearing it."""
        if task is not self._task:
            return  # a job came before this was told: its own polling is under way
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        for followed in list(self._jobs.values()):
            if followed.end.done():
                continue
            if error is None or isinstance(error, asyncio.CancelledError):
                followed.end.cancel()
            else:
                followed.end.set_exception(error)
                followed.end.add_done_callback(partial(asyncio.Future.exception))
