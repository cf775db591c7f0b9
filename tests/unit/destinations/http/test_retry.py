from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.destinations.http.retry import Attempts, RetryPolicy, Trouble, retry_after_seconds

POLICY = RetryPolicy()
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def wait(
    trouble: Trouble, number: int = 1, *, elapsed: float = 0.0, after: float | None = None, read: bool = False
) -> float | None:
    attempts = Attempts(trouble=trouble, number=number, elapsed_seconds=elapsed, retry_after_seconds=after, read=read)
    return POLICY.wait_before_next(attempts, jitter=1.0)


def test_a_write_whose_answer_is_lost_is_never_repeated() -> None:
    assert wait(Trouble.LOST) is None
    assert wait(Trouble.LOST, read=True) is not None


def test_waits_double_and_are_capped() -> None:
    assert [wait(Trouble.UNREACHABLE, number) for number in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert wait(Trouble.THROTTLED, 30) == POLICY.throttled_wait_max_seconds


def test_attempts_and_time_are_bounded() -> None:
    assert wait(Trouble.UNREACHABLE, POLICY.attempts) is None
    assert wait(Trouble.UNAVAILABLE, 2, elapsed=POLICY.seconds) is None
    assert wait(Trouble.UNAVAILABLE, 1, after=3_600) is None


def test_throttling_is_waited_out_as_the_destination_says() -> None:
    assert wait(Trouble.THROTTLED, 50, after=7.0) == 7.0
    assert wait(Trouble.THROTTLED, 1, after=POLICY.throttled_seconds + 1) is None


def test_an_immediate_retry_after_does_not_become_a_storm() -> None:
    assert wait(Trouble.THROTTLED, after=0.0) == POLICY.throttled_wait_initial_seconds


@given(number=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_a_wait_is_never_negative_nor_beyond_its_cap(number: int, jitter: float) -> None:
    attempts = Attempts(trouble=Trouble.THROTTLED, number=number, elapsed_seconds=0.0)
    seconds = POLICY.wait_before_next(attempts, jitter=jitter)
    assert seconds is not None
    assert 0 < seconds <= POLICY.throttled_wait_max_seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("60", 60.0),
        (" 1.5 ", 1.5),
        ("Fri, 01 May 2026 12:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, now=NOON) == seconds
