"""Jobs of an earlier process are waited for, and name the users whom they wrote, however Zendesk lists them."""

import asyncio
from collections.abc import Collection

from penstock.destinations.zendesk.earlier_jobs import EarlierJobs
from penstock.destinations.zendesk.job_status import JobStatus, Stage
from penstock.destinations.zendesk.job_watch import JobWatch


def job(name: str, *results: object, stage: Stage = Stage.COMPLETED) -> JobStatus:
    return JobStatus(id=name, stage=stage, word=stage.value, progress=None, message="", results=list(results) or None)


def user(number: int, status: str = "Created") -> dict[str, object]:
    return {"id": number, "status": status, "email": f"U{number}@example.com"}


class Listing:
    """The jobs as the list shows them first, and as each shows itself."""

    def __init__(self, listed: list[JobStatus], shown: dict[str, JobStatus]) -> None:
        self._listed = listed
        self._shown = shown
        self.asked: list[list[str]] = []

    async def latest(self) -> list[JobStatus]:
        return self._listed

    async def show_many(self, ids: Collection[str]) -> list[JobStatus]:
        self.asked.append(sorted(ids))
        return [self._shown[each] for each in ids if each in self._shown]

    async def show(self, job_id: str) -> JobStatus | None:
        return self._shown.get(job_id)


def named_by(listing: Listing) -> dict[str, int]:
    async def wait() -> dict[str, int]:
        watch = JobWatch(listing, speed=1_000)
        earlier = EarlierJobs(listing, watch, {"own"}, [], speed=1_000)
        assert await earlier.wait(asyncio.Event())
        await watch.close()
        return earlier.named

    return asyncio.run(wait())


def test_results_name_users_by_address_in_whatever_state_their_job_was_listed() -> None:
    failed = {"id": 2, "status": "Failed", "error": "UserUpdateError", "email": "u2@example.com"}
    listing = Listing(
        [job("ended", user(1), failed), job("under way", stage=Stage.UNDER_WAY), job("own", user(9))],
        {"under way": job("under way", user(3, "Updated"))},
    )
    assert named_by(listing) == {"u1@example.com": 1, "u3@example.com": 3}


def test_a_list_without_results_is_asked_for_them() -> None:
    listing = Listing([job("one"), job("two")], {"one": job("one", user(1)), "two": job("two", user(2))})
    assert named_by(listing) == {"u1@example.com": 1, "u2@example.com": 2}
    assert listing.asked == [["one", "two"]]
