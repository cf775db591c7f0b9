"""The pace under a told limit, with a clock of its own."""

import asyncio
from itertools import pairwise

import pytest

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.pace import SHARE
from penstock.destinations.http.pacing import Throttling
from penstock.destinations.http.window_pace import Standing, WindowPace

REPLY = Reply(status=200, body=b"", content_type="")


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self._real_sleep = asyncio.sleep
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        wake = self.now + seconds
        await self._real_sleep(0)
        self.now = max(self.now, wake)


class Account:
    """What the next answer tells."""

    def __init__(self) -> None:
        self.standing = Standing()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def pace_of(time: Time, account: Account, *, fixed: float | None = None, reserve: float = 0.2) -> WindowPace:
    return WindowPace(
        limit=200,
        fixed=fixed,
        reserve=reserve,
        window_seconds=60,
        read=lambda _: account.standing,
        judge=lambda _: Throttling.EVERYONE,
        clock=lambda: time.now,
    )


def spacing(limit: float, reserve: float = 0.2) -> float:
    return 60 / (limit * (1 - reserve) * SHARE)


def test_requests_are_evenly_spaced_under_the_smallest_limit_until_another_is_told(time: Time) -> None:
    account = Account()
    pace = pace_of(time, account)

    async def main() -> list[float]:
        moments = []
        for _ in range(5):
            await pace.wait()
            moments.append(time.now)
        account.standing = Standing(limit=700, remaining=690)
        pace.note(REPLY)
        for _ in range(2):
            await pace.wait()
            moments.append(time.now)
        return moments

    moments = asyncio.run(main())
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[:4] == pytest.approx([spacing(200)] * 4)
    assert gaps[5] == pytest.approx(spacing(700))


def test_a_fixed_limit_stays_whatever_is_told(time: Time) -> None:
    account = Account()
    pace = pace_of(time, account, fixed=60, reserve=0.0)
    account.standing = Standing(limit=700, remaining=690)
    pace.note(REPLY)
    assert pace.spacing_seconds == pytest.approx(1 / SHARE)


@pytest.mark.parametrize(("resets", "waited"), [(17.0, 17.0), (None, 60.0), (0.0, spacing(700)), (90.0, 60.0)])
def test_once_others_have_used_all_but_the_reserve_the_window_is_waited_out(
    time: Time, resets: float | None, waited: float
) -> None:
    account = Account()
    pace = pace_of(time, account)
    account.standing = Standing(limit=700, remaining=140, resets_seconds=resets)
    pace.note(REPLY)
    started = time.now
    asyncio.run(pace.wait())
    assert time.now - started == pytest.approx(waited)


def test_the_reserve_is_one_of_the_account_s_own_limit(time: Time) -> None:
    account = Account()
    pace = pace_of(time, account, fixed=2500)
    account.standing = Standing(limit=700, remaining=400, resets_seconds=17)
    pace.note(REPLY)
    started = time.now
    asyncio.run(pace.wait())
    assert time.now == started


def test_more_than_the_reserve_left_holds_nobody(time: Time) -> None:
    account = Account()
    pace = pace_of(time, account)
    account.standing = Standing(limit=700, remaining=141, resets_seconds=17)
    pace.note(REPLY)
    started = time.now
    asyncio.run(pace.wait())
    assert time.now == started


def test_an_urgent_request_goes_before_all_that_wait(time: Time) -> None:
    pace = pace_of(time, Account())
    order: list[str] = []

    async def one(name: str, *, urgent: bool = False) -> None:
        await pace.wait(urgent=urgent)
        order.append(name)

    async def main() -> None:
        writes = [asyncio.create_task(one(f"write {each}")) for each in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.gather(*writes, one("poll", urgent=True))

    asyncio.run(main())
    assert order.index("poll") <= 3
    assert sorted(order) == ["poll", *(f"write {each}" for each in range(5))]


def test_one_who_gives_up_waiting_holds_nobody(time: Time) -> None:
    pace = pace_of(time, Account())

    async def main() -> None:
        pace.pause(30)
        waiting = [asyncio.create_task(pace.wait(urgent=urgent)) for urgent in (True, False)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        async with asyncio.timeout(10):
            await pace.wait()

    asyncio.run(main())
