import asyncio
import time

from penstock.destinations.http.pace import Pace


def moments(pace: Pace, count: int) -> list[float]:
    async def main() -> list[float]:
        async def one() -> float:
            await pace.wait()
            return time.monotonic()

        return sorted(await asyncio.gather(*(one() for _ in range(count))))

    return asyncio.run(main())


def test_requests_are_spaced_evenly_and_never_closer_than_the_limit() -> None:
    sent = moments(Pace(50), 30)
    # No window of a fifth of a second holds more than its share.
    assert all(later - earlier >= 0.2 for earlier, later in zip(sent, sent[10:], strict=False))


def test_a_pause_holds_everybody() -> None:
    pace = Pace(1_000)
    pace.pause(0.2)
    pace.pause(0.05)
    started = time.monotonic()
    assert min(moments(pace, 5)) - started >= 0.2


def test_a_slow_pace_may_be_less_than_one_a_second() -> None:
    pace = Pace(0.5)
    assert len(moments(pace, 1)) == 1
