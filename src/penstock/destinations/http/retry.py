"""Whether and when a request is made again. Decides only: waiting and sending are the session's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum


class Trouble(StrEnum):
    """Why an attempt did not end with an answer to be read."""

    THROTTLED = "throttled"
    """The destination says that it was asked too often; nothing was applied."""
    UNAVAILABLE = "unavailable"
    """A gateway answered instead of the destination, or the destination asks for the same request again."""
    UNREACHABLE = "unreachable"
    """No connection came about, so the request certainly was not sent."""
    LOST = "lost"
    """The request may have arrived, but no whole answer came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What happened to one request so far: its attempts that met this kind of trouble, seconds since the first.

    Of a `read` that is not `patient`, a person waits for the answer.
    """

    trouble: Trouble
    number: int
    elapsed_seconds: float
    retry_after_seconds: float | None = None
    read: bool = False
    patient: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When to try again, and how long to wait.

    A throttled request is repeated as long as `throttled_seconds` last, an impatient read for
    `throttled_read_seconds`. Everything else is tried `attempts` times
    within `seconds`. A write whose answer is lost is never repeated here.
    """

    attempts: int = 5
    seconds: float = 30.0
    throttled_seconds: float = 900.0
    throttled_read_seconds: float = 60.0
    wait_initial_seconds: float = 0.5
    wait_max_seconds: float = 8.0
    throttled_wait_initial_seconds: float = 1.0
    throttled_wait_max_seconds: float = 60.0

    def wait_before_next(self, attempts: Attempts, *, jitter: float) -> float | None:
        """Seconds until the next attempt, or None for giving up; `jitter` is a random number from 0 to 1."""
        if attempts.trouble is Trouble.THROTTLED:
            wait = attempts.retry_after_seconds or 0.0
            if wait <= 0:
                wait = _backoff(
                    attempts.number, jitter, self.throttled_wait_initial_seconds, self.throttled_wait_max_seconds
                )
            patience = self.throttled_seconds if attempts.patient else self.throttled_read_seconds
            return wait if attempts.elapsed_seconds + wait <= patience else None
        if attempts.trouble is Trouble.LOST and not attempts.read:
            return None
        wait = _backoff(attempts.number, jitter, self.wait_initial_seconds, self.wait_max_seconds)
        if attempts.trouble is Trouble.UNAVAILABLE and attempts.retry_after_seconds is not None:
            wait = attempts.retry_after_seconds
        if attempts.number >= self.attempts or attempts.elapsed_seconds + wait > self.seconds:
            return None
        return wait


def retry_after_seconds(header: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header, given in seconds or as a date; None when there is none that can be read."""
    if header is None:
        return None
    text = header.strip()
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _backoff(number: int, jitter: float, initial: float, longest: float) -> float:
    # Half fixed, half random, so that many tasks do not come back at once.
    full = min(longest, initial * 2.0 ** min(number - 1, 30))
    return float(full * (0.5 + jitter / 2))
