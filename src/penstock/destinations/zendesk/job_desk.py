"""Where jobs are handed in: a slot is waited for, the request sent, the job followed to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent
from penstock.destinations.zendesk.bulk_endpoint import FORBIDDEN, Busy, JobStarted, Refused, start_job
from penstock.destinations.zendesk.import_gate import ImportGate
from penstock.destinations.zendesk.job_slots import JobSlots
from penstock.destinations.zendesk.job_status import JobEnd, JobKind
from penstock.destinations.zendesk.job_watch import JobWatch
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.sent_records import SentRecord

PATIENCE_SECONDS = 1800.0
"""How long a job waits for its turn while others use up the account's slots."""

BUSY_SECONDS = 2.0
"""Until the next attempt while others use all slots, where Zendesk does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    """A job under way; `end` tells how it ended."""

    job_id: str
    dropped: tuple[Place, ...]
    end: asyncio.Future[JobEnd]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run is to end: nothing was sent."""


@dataclass(frozen=True, slots=True)
class ImportOff:
    """Bulk import is off: nothing was applied."""


HandedIn: TypeAlias = RunningJob | Refused | Lost | NotSent | Stopped | ImportOff


class JobDesk:
    """All jobs of one account and run. Raises CredentialsError and DestinationError when none can succeed."""

    def __init__(
        self, session: HttpSession, watch: JobWatch, gate: ImportGate, *, speed: float, credentials_fix: str
    ) -> None:
        self.gate = gate
        self.own: set[str] = set()
        self._session = session
        self._watch = watch
        self._slots = JobSlots()
        self._speed = speed
        self._credentials_fix = credentials_fix

    async def hand_in(self, kind: JobKind, records: Sequence[SentRecord], stop: asyncio.Event) -> HandedIn:
        """Start a job, waiting as long as too many are in flight."""
        if not kind.creates:
            return await self._start(kind, records, stop)
        async with self.gate.passage() as may_try:
            if not may_try:
                return ImportOff()
            handed_in = await self._start(kind, records, stop)
            if isinstance(handed_in, Refused) and handed_in.status == FORBIDDEN:
                self.gate.found_shut()
                return ImportOff()
            if isinstance(handed_in, RunningJob | Refused):
                self.gate.found_open()
            return handed_in

    async def _start(self, kind: JobKind, records: Sequence[SentRecord], stop: asyncio.Event) -> HandedIn:
        since = time.monotonic()
        while await self._slots.take(stop):
            submitted: JobStarted | Refused | Busy | Lost | NotSent | None = None
            try:
                submitted = await start_job(self._session, kind, records, credentials_fix=self._credentials_fix)
            finally:
                self._settle(submitted)
            if isinstance(submitted, JobStarted):
                return self._follow(submitted)
            if not isinstance(submitted, Busy):
                return submitted
            if (time.monotonic() - since) * self._speed > PATIENCE_SECONDS:
                reason = f"{self._session.host} had no room for another job for a long time."
                return NotSent(code="throttled", reason=reason)
            wait = submitted.seconds or BUSY_SECONDS / self._speed
            await self._slots.wait_for_room(stop, seconds=wait)
        return Stopped()

    def _settle(self, submitted: JobStarted | Refused | Busy | Lost | NotSent | None) -> None:
        if isinstance(submitted, JobStarted):
            self._slots.started(submitted.slots)
        elif isinstance(submitted, Busy):
            self._slots.busy()
        else:
            self._slots.not_started()

    def _follow(self, started: JobStarted) -> RunningJob:
        self.own.add(started.job_id)
        end = self._watch.follow(started.job_id)
        end.add_done_callback(lambda _: self._slots.ended())
        return RunningJob(job_id=started.job_id, dropped=started.dropped, end=end)
