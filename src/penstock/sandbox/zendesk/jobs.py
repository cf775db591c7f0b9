"""All jobs of an account, brought up to the present whenever somebody looks (contract, section 7).

Jobs of one account run side by side: their items are done in the order of time, so the order of two jobs on the
same user is not the order of the requests.
"""

import random
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from penstock.sandbox.exchange import Oddity
from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import described
from penstock.sandbox.zendesk.job import QUEUED_SHARE, WORKERS, Job
from penstock.sandbox.zendesk.job_work import work

_ODD_ENDS = {"fail-job": "failed", "kill-job": "killed"}
_SPREAD = 0.25


class Jobs:
    """The jobs of an account. Nothing happens between calls: `advance` catches up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        # Not for secrets: how long a worker takes.
        self._chance = random.Random()  # noqa: S311
        self.load()

    def load(self) -> None:
        """Read the jobs from the store."""
        loaded = [Job(**each) for each in self._account.store.documents.load("job")]
        self._jobs = {each.id: each for each in sorted(loaded, key=lambda each: each.queued_at)}
        self._running = {each.id: each for each in self._jobs.values() if each.ended is None}

    def start(self, kind: str, items: list[dict[str, Any]], refused: dict[int, str], oddity: Oddity | None) -> Job:
        """Queue a job; ApiError TooManyJobs when as many as may be are queued or running."""
        account = self._account
        if len(self._running) >= self.limit:
            raise self._too_many(kind)
        now = account.now()
        seconds = account.seconds("job_seconds") * self._chance.uniform(1 - _SPREAD, 1 + _SPREAD)
        if oddity is not None and oddity.do == "slow-job":
            seconds = (oddity.seconds or 0) / account.speed
        # A worker has less to do with fewer items; the wait is the same.
        working = seconds * (1 - QUEUED_SHARE) * min(1.0, len(items) / 100)
        job = Job(
            id=f"V3-{secrets.token_hex(16)}",
            kind=kind,
            total=len(items),
            queued_at=now,
            works_from=now + seconds * QUEUED_SHARE,
            ends_at=now + seconds * QUEUED_SHARE + working,
            items=items,
            refused={str(position): code for position, code in refused.items()},
            oddity=None if oddity is None else oddity.do,
        )
        with account.store.transaction():
            account.store.documents.put("job", job.id, job)
        self._jobs[job.id] = self._running[job.id] = job
        return job

    @property
    def limit(self) -> int:
        """How many jobs may be queued or running."""
        return int(self._account.switches.number("max_jobs"))

    @property
    def room(self) -> int:
        """How many more jobs may be queued."""
        return max(0, self.limit - len(self._running))

    def find(self, ids: Iterable[str]) -> list[Job]:
        """The jobs of these ids that can still be seen, in this order."""
        return [self._jobs[each] for each in ids if each in self._jobs and not self._jobs[each].lost]

    def latest(self, count: int) -> Sequence[Job]:
        """Jobs, the latest first."""
        return list(self._jobs.values())[: -count - 1 : -1]

    def advance(self) -> None:
        """Do what the workers have done by now, and forget old jobs."""
        now = self._account.now()
        if self._running:
            pending = [
                (job.due_at(position), job, position)
                for job in self._running.values()
                for position in range(job.done, job.due(now))
            ]
            ending = [job for job in self._running.values() if now >= job.ends_at]
            if pending or ending:
                pending.sort(key=lambda each: each[0])
                with self._account.store.transaction():
                    self._work_off(pending, ending)
        self._forget_old(now)

    def _work_off(self, pending: list[tuple[float, Job, int]], ending: list[Job]) -> None:
        touched: dict[str, Job] = {}
        for _, job, position in pending:
            if job.ended is not None:
                continue
            result = work(self._account, job, position)
            if result is not None:
                job.results.append(result)
            job.done += 1
            touched[job.id] = job
            if job.oddity in _ODD_ENDS and job.done >= (job.total + 1) // 2:
                self._end(job, _ODD_ENDS[job.oddity])
        for job in ending:
            if job.ended is None:
                self._end(job, "completed")
            touched[job.id] = job
        for job in touched.values():
            self._account.store.documents.put("job", job.id, job)

    def _end(self, job: Job, how: str) -> None:
        job.ended = how
        job.items = []
        del self._running[job.id]

    def _forget_old(self, now: float) -> None:
        kept = self._account.seconds("job_kept_hours") * 3600
        while self._jobs:
            oldest = next(iter(self._jobs.values()))
            if oldest.ended is None or oldest.ends_at + kept > now:
                return
            with self._account.store.transaction():
                self._account.store.documents.remove("job", oldest.id)
            del self._jobs[oldest.id]

    def _too_many(self, kind: str) -> Exception:
        headers = self.headers()
        if self._account.switches["too_many_jobs_retry_after"] == "on":
            headers["Retry-After"] = str(self._account.minutes.seconds_left())
        return described(
            429,
            "TooManyJobs",
            f"Too many {WORKERS[kind]} jobs are currently queued or running. Try again later.",
            headers,
            current_job_ids=list(self._running),
        )

    def headers(self) -> dict[str, str]:
        """What an answer about jobs says about their limit."""
        return {"zendesk-ratelimit-inflight-jobs": f"total={self.limit}; remaining={self.room}"}
