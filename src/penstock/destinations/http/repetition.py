"""Whether one request is made again: what stamina is told after each of its attempts."""

from __future__ import annotations

import dataclasses
import random
import time

from penstock.destinations.http.messages import NoReplyError, Reply
from penstock.destinations.http.pacing import Pacing
from penstock.destinations.http.retry import Attempts, RetryPolicy, Trouble


class UnansweredError(Exception):
    """An attempt that may be repeated; `outcome` is what the request ends with if it is not."""

    def __init__(
        self,
        trouble: Trouble,
        outcome: Reply | NoReplyError,
        *,
        after: float | None,
        lasting: bool = False,
        everyone: bool = True,
    ) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.outcome = outcome
        self.after = after
        self.lasting = lasting
        self.everyone = everyone
        """Whether throttling met here holds all requests, not this one alone."""


class Repetition:
    """The attempts of one request so far; without a pace, its throttling holds nobody else."""

    def __init__(self, *, policy: RetryPolicy, read: bool, patient: bool, pace: Pacing | None) -> None:
        self.attempts = 0
        self.doubtful = False
        self._policy = policy
        self._read = read
        self._patient = patient
        self._pace = pace
        self._numbers: dict[Trouble, int] = {}
        self._since: dict[Trouble, float] = {}

    def mark(self, reply: Reply) -> Reply:
        """Say on a reply that an earlier attempt may have been applied."""
        if not self.doubtful:
            return reply
        return dataclasses.replace(reply, doubtful=True)

    def decide(self, error: Exception) -> bool | float:
        """Return the seconds to wait before the next attempt, or False for none."""
        if not isinstance(error, UnansweredError) or error.lasting:
            return False
        # Throttling is counted apart, so that it uses up neither the attempts of a request nor their time.
        kind = Trouble.THROTTLED if error.trouble is Trouble.THROTTLED else Trouble.UNREACHABLE
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        since = self._since.setdefault(kind, time.monotonic())
        wait = self._policy.wait_before_next(
            Attempts(
                trouble=error.trouble,
                number=self._numbers[kind],
                elapsed_seconds=time.monotonic() - since,
                retry_after_seconds=error.after,
                read=self._read,
                patient=self._patient,
            ),
            jitter=random.random(),  # noqa: S311 (nothing secret hangs on it)
        )
        if wait is None:
            return False
        if error.trouble is Trouble.THROTTLED and error.everyone and self._pace is not None:
            self._pace.pause(wait)
        return float(wait)
