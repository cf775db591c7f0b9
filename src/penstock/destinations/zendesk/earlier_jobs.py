"""Jobs that an earlier process may have left under way: what they will still write must not be read too early.

Their results name the users whom they created or updated, also where the answer to the request for the job was lost:
Zendesk lists it all the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from penstock.destinations.zendesk.job_results import addresses_in
from penstock.destinations.zendesk.job_status import JobCompleted, JobEnd, JobStatus, Stage
from penstock.destinations.zendesk.job_watch import JobWatch

PATIENCE_SECONDS = 600.0
_LOOK_SECONDS = 0.5

NOTICE = (
    "Jobs that were already under way in Zendesk did not end within ten minutes; what records in doubt looked like"
    " was read before they ended."
)


class _Reads(Protocol):
    async def latest(self) -> list[JobStatus]: ...

    async def show_many(self, ids: Collection[str]) -> list[JobStatus]: ...


class EarlierJobs:
    """Waits once, however many batches ask; `named` then has the ids of the users of all jobs, by address."""

    def __init__(
        self, reads: _Reads, watch: JobWatch, own: AbstractSet[str], notices: list[str], *, speed: float
    ) -> None:
        self._reads = reads
        self._watch = watch
        self._own = own
        self._notices = notices
        self._patience = PATIENCE_SECONDS / speed
        self._turn = asyncio.Lock()
        self._done = False
        self.named: dict[str, int] = {}

    async def wait(self, stop: asyncio.Event) -> bool:
        """Wait until no job of others is under way that was at the beginning; False if `stop` was set meanwhile."""
        async with self._turn:
            if not self._done and not stop.is_set():
                others = [job for job in await self._reads.latest() if job.id not in self._own]
                await self._note_completed([job for job in others if job.stage is Stage.COMPLETED])
                self._done = await self._ended({job.id for job in others if job.stage is Stage.UNDER_WAY}, stop)
        return not stop.is_set()

    async def _note_completed(self, jobs: Sequence[JobStatus]) -> None:
        """Note whom jobs name that were at their end already; a list may leave out their results."""
        bare = [job.id for job in jobs if not isinstance(job.results, list)]
        for job in (*jobs, *(await self._reads.show_many(bare) if bare else ())):
            self.named.update(addresses_in(job.results))

    async def _ended(self, job_ids: AbstractSet[str], stop: asyncio.Event) -> bool:
        pending: set[asyncio.Future[JobEnd]] = {self._watch.follow(job_id) for job_id in job_ids}
        deadline = time.monotonic() + self._patience
        try:
            while pending and not stop.is_set():
                if time.monotonic() > deadline:
                    self._notices.append(NOTICE)
                    break
                ended, pending = await asyncio.wait(
                    pending, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_EXCEPTION
                )
                for end in [each.result() for each in ended]:
                    if isinstance(end, JobCompleted):
                        self.named.update(addresses_in(end.results))
        finally:
            for each in pending:
                each.cancel()
        return not stop.is_set()
