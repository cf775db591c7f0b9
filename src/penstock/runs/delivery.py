"""Delivering a plan: batches go out a few at a time, each noted before its request and after its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from penstock.destinations.contract import Service
from penstock.errors import DestinationError, PenstockError
from penstock.plan.outcomes import Answer, Delivery
from penstock.plan.plan import Plan
from penstock.plan.shape import Batch
from penstock.runs.scribe import Scribe
from penstock.runs.stream import stream_batches

FRUITLESS_BATCHES = 5
"""So many batches without an answer in a row end a run: the rest is left for the next one."""

Progress = Callable[[int], None]
"""Told the number of records of each batch that has ended."""


@dataclass(slots=True, kw_only=True)
class Course:
    """How a delivery is going; `stop` may be set from outside to end it after the batches in flight."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failure: PenstockError | None = None
    fruitless: int = 0

    def note(self, delivery: Delivery) -> None:
        """Count batches without an answer, and give up after too many in a row."""
        if delivery.answer is Answer.ANSWERED:
            self.fruitless = 0
            return
        self.fruitless += 1
        if self.fruitless >= FRUITLESS_BATCHES:
            self.fail(
                DestinationError(
                    f"The run was given up after {self.fruitless} batches in a row without an answer;"
                    f" the last: {delivery.reason}",
                    fix="Once the destination answers again, run again; what was confirmed is kept.",
                )
            )

    def fail(self, error: PenstockError) -> None:
        """End the delivery for a reason; the first one is kept."""
        self.failure = self.failure or error
        self.stop.set()


async def deliver_plan(
    plan: Plan, path: Path, service: Service, scribe: Scribe, *, course: Course, progress: Progress
) -> None:
    """Send every batch of a plan. What became of them is in the journal; why it ended early, in `course.failure`."""
    limits = service.limits
    shape = service.shape([mapped.field for mapped in plan.slots])
    batches = stream_batches(plan, path, shape, records=limits.records, body_bytes=limits.body_bytes)
    places = asyncio.Semaphore(limits.concurrency)
    async with asyncio.TaskGroup() as tasks:
        while True:
            await places.acquire()
            batch = None if course.stop.is_set() else await asyncio.to_thread(_next, batches, course)
            if batch is None or course.stop.is_set():
                break
            tasks.create_task(_deliver_one(batch, service, scribe, course, progress, places))


def _next(batches: Iterator[Batch], course: Course) -> Batch | None:
    try:
        return next(batches, None)
    except PenstockError as error:
        course.fail(error)
        return None


@dataclass(frozen=True, slots=True)
class _Link:
    stop: asyncio.Event

    async def hold_on_to(self, handle: str) -> None:
        raise NotImplementedError(handle)


async def _deliver_one(
    batch: Batch, service: Service, scribe: Scribe, course: Course, progress: Progress, places: asyncio.Semaphore
) -> None:
    try:
        await scribe.started(batch)
        try:
            delivery = await service.deliver(batch, _Link(course.stop))
        except DestinationError as error:
            course.fail(error)
            answer = Answer.LOST if error.maybe_applied else Answer.NOT_SENT
            delivery = Delivery(answer=answer, code=error.code, reason=error.message)
        await scribe.ended(batch, delivery)
        course.note(delivery)
        progress(batch.count)
    except PenstockError as error:
        course.fail(error)
    finally:
        places.release()
