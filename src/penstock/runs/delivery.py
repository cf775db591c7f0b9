"""Delivering a plan: batches go out a few at a time, each noted before its request and after its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from penstock.destinations.contract import Service
from penstock.errors import DestinationError, PenstockError
from penstock.plan.outcomes import Answer, Delivery
from penstock.plan.plan import Plan
from penstock.plan.shape import Batch
from penstock.runs.scribe import Scribe
from penstock.runs.stream import Cut, stream_batches

FRUITLESS_BATCHES = 5
"""So many batches without an answer in a row end a run: the rest is left for the next one."""

MADE_AT_ONCE = 8
"""So many batches are made before the first of them is sent; a window of the plan's file holds about as many."""

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
    plan: Plan, path: Path, service: Service, scribe: Scribe, *, course: Course, progress: Progress, whole: bool
) -> None:
    """Send every batch of a plan; `whole` where users who were deleted are to be created again.

    What became of them is in the journal; why it ended early, in `course.failure`.
    """
    limits = service.limits
    cut = Cut(records=limits.records, body_bytes=limits.body_bytes, whole=whole)
    batches = stream_batches(plan, path, partial(service.shape, [mapped.field for mapped in plan.slots]), cut)
    delivering = _Delivering(service, scribe, course, progress)
    places = asyncio.Semaphore(limits.concurrency)
    async with asyncio.TaskGroup() as tasks:
        async for batch in _made(batches, course):
            await places.acquire()
            if course.stop.is_set():
                break
            tasks.create_task(delivering.deliver(batch)).add_done_callback(lambda _: places.release())


async def _made(batches: Iterator[Batch], course: Course) -> AsyncIterator[Batch]:
    """Make batches in a thread, a few at a time: calling it costs as much as a batch does."""
    while not course.stop.is_set():
        few = await asyncio.to_thread(_next, batches, course)
        for batch in few:
            yield batch
        if len(few) < MADE_AT_ONCE:
            return


def _next(batches: Iterator[Batch], course: Course) -> list[Batch]:
    few: list[Batch] = []
    try:
        few.extend(islice(batches, MADE_AT_ONCE))
    except PenstockError as error:
        course.fail(error)
    return few


@dataclass(frozen=True, slots=True)
class _Link:
    """What one batch may ask of the run, and tell it."""

    batch: Batch
    scribe: Scribe
    stop: asyncio.Event

    async def hold_on_to(self, handle: str) -> None:
        await self.scribe.handled(self.batch, handle)


@dataclass(frozen=True, slots=True)
class _Delivering:
    service: Service
    scribe: Scribe
    course: Course
    progress: Progress

    async def deliver(self, batch: Batch) -> None:
        """Send one batch, noted before and after."""
        try:
            await self.scribe.started(batch)
            delivery = await self._answer(batch)
            await self.scribe.ended(batch, delivery)
            self.course.note(delivery)
            self.progress(batch.count if delivery.sent is None else delivery.sent)
        except PenstockError as error:
            self.course.fail(error)

    async def _answer(self, batch: Batch) -> Delivery:
        try:
            return await self.service.deliver(batch, _Link(batch, self.scribe, self.course.stop))
        except DestinationError as error:
            self.course.fail(error)
            answer = Answer.LOST if error.maybe_applied else Answer.NOT_SENT
            return Delivery(answer=answer, code=error.code, reason=error.message)
