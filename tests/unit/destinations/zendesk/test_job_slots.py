"""Slots for jobs: thirty, or as many as an account has left."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from penstock.destinations.zendesk.job_slots import MOST_JOBS, JobSlots
from penstock.destinations.zendesk.limit_headers import EndpointLimit


def run(main: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(5):
            await main

    asyncio.run(bounded())


async def started(slots: JobSlots, count: int, told: EndpointLimit | None = None) -> None:
    for _ in range(count):
        assert await slots.take(asyncio.Event())
        slots.started(told)


async def is_waiting(slots: JobSlots) -> bool:
    taking = asyncio.ensure_future(slots.take(asyncio.Event()))
    await asyncio.sleep(0.01)
    if taking.done():
        slots.not_started()
        return False
    taking.cancel()
    return True


def test_no_more_than_thirty() -> None:
    async def main() -> None:
        slots = JobSlots()
        await started(slots, MOST_JOBS)
        assert await is_waiting(slots)
        slots.ended()
        assert not await is_waiting(slots)

    run(main())


def test_fewer_when_zendesk_says_so_and_more_again_later() -> None:
    async def main() -> None:
        slots = JobSlots()
        await started(slots, 1, EndpointLimit(total=30, remaining=1))
        await started(slots, 1, EndpointLimit(total=30, remaining=0))
        assert slots.limit == 2
        assert await is_waiting(slots)
        slots.ended()
        await started(slots, 1, EndpointLimit(total=30, remaining=20))
        assert slots.limit == 22

    run(main())


def test_an_account_with_few_slots_in_all() -> None:
    async def main() -> None:
        slots = JobSlots()
        await started(slots, 1, EndpointLimit(total=5, remaining=9))
        assert slots.limit == 5

    run(main())


def test_a_busy_account_is_tried_again_when_a_job_of_ours_ends() -> None:
    async def main() -> None:
        slots = JobSlots()
        await started(slots, 2)
        assert await slots.take(asyncio.Event())
        slots.busy()
        assert slots.limit == 2
        waiting = asyncio.ensure_future(slots.wait_for_room(asyncio.Event(), seconds=0.01))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        slots.ended()
        await waiting
        await started(slots, 1)
        assert slots.limit == 3, "without a word from Zendesk, one more is dared with every job"

    run(main())


def test_with_no_job_of_ours_a_while_has_to_do() -> None:
    async def main() -> None:
        slots = JobSlots()
        assert await slots.take(asyncio.Event())
        slots.busy()
        assert slots.limit == 1
        await slots.wait_for_room(asyncio.Event(), seconds=0.01)

    run(main())


def test_who_waits_hears_that_the_run_is_to_end() -> None:
    async def main() -> None:
        slots, stop = JobSlots(1), asyncio.Event()
        await started(slots, 1)
        taking = asyncio.ensure_future(slots.take(stop))
        waiting = asyncio.ensure_future(slots.wait_for_room(stop, seconds=60))
        await asyncio.sleep(0)
        stop.set()
        assert await taking is False
        await waiting

    run(main())
