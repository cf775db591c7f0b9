"""One poll for all jobs, against a Zendesk in memory whose time is sped up."""

import asyncio
import time
from collections.abc import Collection, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from penstock.destinations.zendesk.job_status import JobCompleted, JobLost, JobStatus, read_job
from penstock.destinations.zendesk.job_watch import UNSETTLED_SECONDS, JobWatch
from penstock.destinations.zendesk.poll_interval import poll_interval
from penstock.errors import CredentialsError, DestinationError

SPEED = 200.0


def job(job_id: str, status: str = "working", progress: int | None = None, **more: Any) -> JobStatus:
    found = read_job({"id": job_id, "status": status, "progress": progress, **more})
    assert found is not None
    return found


class Jobs:
    """Answers polls; `ends` gives the results of a job from a moment on."""

    def __init__(self) -> None:
        self.polls: list[list[str]] = []
        self.looks: list[str] = []
        self.moments: list[float] = []
        self.shown: dict[str, JobStatus] = {}
        self.hidden: set[str] = set()
        self.failing: list[Exception] = []

    async def show_many(self, ids: Collection[str]) -> list[JobStatus]:
        self.polls.append(list(ids))
        self.moments.append(time.monotonic())
        if self.failing:
            raise self.failing.pop(0)
        return [self.shown[each] for each in ids if each in self.shown and each not in self.hidden]

    async def show(self, job_id: str) -> JobStatus | None:
        self.looks.append(job_id)
        return self.shown.get(job_id)


def run(main: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await main

    asyncio.run(bounded())


async def virtual(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED)


def test_all_jobs_are_asked_for_together_and_only_while_there_are_any() -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        await virtual(5)
        assert jobs.polls == []
        ends = [watch.follow(name) for name in "abc"]
        jobs.shown = {name: job(name) for name in "abc"}
        await virtual(3.5)
        jobs.shown = {name: job(name, "completed", results=[name]) for name in "abc"}
        assert [await end for end in ends] == [JobCompleted(results=[name]) for name in "abc"]
        asked = len(jobs.polls)
        assert asked <= 9
        assert all(set(poll) == set("abc") for poll in jobs.polls)
        await virtual(10)
        assert len(jobs.polls) == asked

    run(main())


def test_a_job_missing_from_the_list_is_looked_up() -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        began = time.monotonic()
        there, gone = watch.follow("there"), watch.follow("gone")
        jobs.hidden = {"there"}
        jobs.shown = {"there": job("there", "completed", results=None)}
        assert await there == JobCompleted(results=None)
        assert await gone == JobLost(code="job_vanished", reason="Zendesk no longer knows job gone.")
        waited = (time.monotonic() - began) * SPEED
        assert waited >= UNSETTLED_SECONDS, "a young job may not be listed yet"

    run(main())


@pytest.mark.parametrize("word", ["failed", "killed"])
def test_a_failed_job_is_told_in_zendesk_s_words(word: str) -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED, quote=lambda words: words.replace("secret", "[secret]"))
        end = watch.follow("a")
        jobs.shown = {"a": job("a", word, message="Failed at 2016-01-15 secret")}
        lost = await end
        assert isinstance(lost, JobLost)
        assert lost.code == "job_failed"
        assert lost.reason == f"Zendesk's job a ended as {word}: Failed at 2016-01-15 [secret]"

    run(main())


def test_failing_polls_are_repeated_ever_more_slowly() -> None:
    jobs = Jobs()
    jobs.failing = [DestinationError("no", fix="wait") for _ in range(3)]

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        end = watch.follow("a")
        jobs.shown = {"a": job("a", "completed", results=[])}
        assert await end == JobCompleted(results=[])
        gaps = [(later - earlier) * SPEED for earlier, later in pairwise(jobs.moments)]
        assert len(gaps) == 3
        assert gaps[0] >= 0.9
        assert gaps[1] >= 1.9
        assert gaps[2] >= 3.9

    run(main())


def test_refused_credentials_reach_everybody_who_waits() -> None:
    jobs = Jobs()
    jobs.failing = [CredentialsError("no", fix="look")]

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        ends = [watch.follow(name) for name in "ab"]
        for end in ends:
            with pytest.raises(CredentialsError):
                await end
        jobs.shown = {"c": job("c", "completed", results=[1])}
        assert await watch.follow("c") == JobCompleted(results=[1])

    run(main())


def test_a_job_that_does_not_move_is_given_up() -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=20_000)
        end = watch.follow("a")
        jobs.shown = {"a": job("a", "queued")}
        lost = await end
        assert isinstance(lost, JobLost)
        assert lost.code == "job_stalled"

    run(main())


def test_no_answer_for_long_gives_all_jobs_up() -> None:
    jobs = Jobs()
    jobs.failing = [DestinationError("no network", fix="wait", code="connect_timeout")] * 10_000

    async def main() -> None:
        watch = JobWatch(jobs, speed=20_000)
        ends = [watch.follow(name) for name in "ab"]
        assert [await end for end in ends] == [JobLost(code="connect_timeout", reason="no network")] * 2

    run(main())


def test_a_job_that_comes_just_as_the_polling_ends_is_followed() -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        jobs.shown = {name: job(name, "completed", results=[name]) for name in "ab"}
        await watch.follow("a")
        while watch._task is None or not watch._task.done():  # noqa: ASYNC110 - before its callbacks are called
            await asyncio.sleep(0)
        assert await watch.follow("b") == JobCompleted(results=["b"])

    run(main())


def test_who_is_cancelled_is_no_longer_asked_for() -> None:
    jobs = Jobs()

    async def main() -> None:
        watch = JobWatch(jobs, speed=SPEED)
        jobs.shown = {name: job(name) for name in "ab"}
        first, second = watch.follow("a"), watch.follow("b")
        first.cancel()
        while not jobs.polls:
            await virtual(1)
        assert all(poll == ["b"] for poll in jobs.polls)
        await watch.close()
        assert second.cancelled()

    run(main())


def test_polls_are_close_while_a_job_is_young_and_rarer_later() -> None:
    assert [poll_interval(age) for age in (0, 12, 30, 60, 150, 300, 3000)] == [0.5, 0.5, 1, 2, 5, 10, 10]
    assert [poll_interval(0, failures=failures) for failures in (0, 1, 2, 5, 500)] == [0.5, 1, 2, 10, 10]


def test_polls_leave_most_of_a_small_limit_to_writes() -> None:
    assert [poll_interval(0, spacing_seconds=seconds) for seconds in (0.1, 0.25, 6)] == [0.5, 1.25, 2]
