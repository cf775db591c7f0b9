"""Collecting the answer to a batch of an earlier run, whose process died while Zendesk was at work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from penstock.destinations.contract import Answer, Delivery, Outcome
from penstock.destinations.zendesk.batch_jobs import Found, note
from penstock.destinations.zendesk.delivery import BatchDelivery
from penstock.destinations.zendesk.handles import Handle, HandledJob
from penstock.destinations.zendesk.job_watch import JobWatch
from penstock.destinations.zendesk.sent_records import SentRecord

_LEFT = "The process that sent the batch ended before this record's turn, or before its answer."


class ReadOnlyLink:
    """The link of a batch of which only the answer is collected: the run that sent it has ended."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.stop.set()

    async def hold_on_to(self, handle: str) -> None:
        """Never asked: nothing is sent."""
        raise AssertionError(f"nothing is sent while collecting, yet there is {handle}")


async def collect_batch(delivery: BatchDelivery, handle: Handle, watch: JobWatch) -> Delivery:
    """Wait for the jobs of a batch and note what became of its records; nothing is written."""
    jobs = handle.jobs
    ends = await asyncio.gather(*(watch.follow(job.job_id) for job in jobs))
    delivery.sheet.ignore(handle.ignored)
    whole = delivery.whole_records() if any(job.whole for job in jobs) else []
    for job, end in zip(jobs, ends, strict=True):
        found = Found()
        repeated = note(end, job.kind, _records(job, whole if job.whole else delivery.records), delivery.sheet, found)
        for record in repeated:
            words = "Zendesk reports a conflict for the record; it was not applied."
            delivery.sheet.refuse(record, Outcome.UNKNOWN, "database_conflict", words)
        await delivery.judge(found, job.kind, writing=False)
    left = [record for record in delivery.records if not delivery.sheet.is_noted(record)]
    delivery.sheet.leave_open(left, Answer.LOST, "answer_lost", _LEFT)
    return delivery.delivery()


def _records(job: HandledJob, records: Sequence[SentRecord]) -> list[SentRecord]:
    numbers = None if job.numbers is None else set(job.numbers)
    return [record for record in records if numbers is None or record.number in numbers]
