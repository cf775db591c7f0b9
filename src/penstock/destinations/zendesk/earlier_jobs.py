"""Jobs that an earlier process may have left under way: what they will still write must not be read too early."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Set as AbstractSet

from penstock.destinations.zendesk.job_reads import JobReads
from penstock.destinations.zendesk.job_status import JobEnd, Stage
from penstock.destinations.zendesk.job_watch import JobWatch

PATIENCE_SECONDS = 600.0
_LOOK_SECONDS = 0.5

NOTICE = (
    "Jobs that were already under way in Zendesk did not end within ten minutes; what records in doubt looked like"
    " was read before they ended."
)


class EarlierJobs:
    """Waits once, however many batches ask."""

    def __init__(
        self, reads: JobReads, watch: JobWatch, own: AbstractSet[str], notices: list[str], *, speed: float
    ) -> None:
        self._reads = reads
        self._watch = watch
        self._own = own
        self._notices = notices
        self._patience = PATIENCE_SECONDS / speed
        self._turn = asyncio.Lock()
        self._done = False

    async def wait(self, stop: asyncio.Event) -> bool:
        """Wait until no job of others is under way that was at the beginning; False if `stop` was set meanwhile."""
        async with self._turn:
            if not self._done and not stop.is_set():
                others = [job.id for job in await self._reads.latest() if job.stage is Stage.UNDER_WAY]
                self._done = await self._ended({each for each in others if each not in self._own}, stop)
        return not stop.is_set()

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
                for each in ended:
                    each.result()
        finally:
            for each in pending:
                each.cancel()
        return not stop.is_set()
