"""A process in which time can be moved forward, waits after a failure are short and requests hold few records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.iterable.service import IterableUsers
from penstock.destinations.registry import open_service
from penstock.destinations.zendesk.service import ZendeskUsers

IMPATIENT = RetryPolicy(
    attempts=3,
    seconds=2.0,
    throttled_seconds=3.0,
    throttled_read_seconds=2.0,
    wait_initial_seconds=0.01,
    wait_max_seconds=0.05,
    throttled_wait_initial_seconds=0.02,
    throttled_wait_max_seconds=0.1,
)
RECORDS_PER_REQUEST = 5
REQUESTS_AT_ONCE = 3


@contextmanager
def in_haste(ahead: Callable[[], timedelta]) -> Iterator[None]:
    """Penstock in this process, so long `ahead` of its time."""
    few = {"records": RECORDS_PER_REQUEST, "concurrency": REQUESTS_AT_ONCE}
    with (
        patch("penstock.clock.now", lambda: datetime.now(UTC) + ahead()),
        patch("penstock.operations.opening.open_service", partial(open_service, retry=IMPATIENT)),
        patch.object(IterableUsers, "limits", replace(IterableUsers.limits, **few)),
        patch.object(ZendeskUsers, "limits", replace(ZendeskUsers.limits, **few)),
    ):
        yield
