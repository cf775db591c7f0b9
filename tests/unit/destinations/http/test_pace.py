import asyncio
import time

from penstock.destinations.http.pace import LATENESS_SECONDS, Pace


def moments(pace: Pace, count: int) -> list[float]:
    async def main() -> list[float]:
        async def one() -> float:
            await pace.wait()
            return time.monotonic()

        return sorted(await asyncio.gather(*(one() for _ in range(count))))

    return asyncio.run(main())


def test_requests_are_spaced_evenly_and_never_closer_than_the_limit() -> None:
    started = time.monotonic()
    sent = moments(Pace(50), 30)
    # However late some of them wake up, none is earlier than its turn by more than can be made up for.
    assert all(moment - started >= number / 50 - LATENESS_SECONDS for number, moment in enumerate(sent))


def test_a_pause_holds_everybody() -> None:
    pace = Pace(1_000)
    pace.pause(0.2)
    pace.pause(0.05)
    started = time.monotonic()
    assert min(moments(pace, 5)) - started >= 0.2


def test_a_slow_pace_may_be_less_than_one_a_second() -> None:
    pace = Pace(0.5)
    assert len(moments(pace, 1)) == 1
