"""How often jobs are asked for: a job of a hundred users takes about twelve seconds (recorded)."""

from __future__ import annotations

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 10.0
_SLOWER_FROM_SECONDS = 30.0


def poll_interval(youngest_seconds: float, *, failures: int = 0) -> float:
    """Return the seconds between two polls by the age of the youngest job, and by the polls that failed in a row.

    At a minute it is two seconds, at five minutes and more ten.
    """
    interval = max(SHORTEST_SECONDS, youngest_seconds / _SLOWER_FROM_SECONDS) * 2.0 ** min(failures, 10)
    return min(interval, LONGEST_SECONDS)
