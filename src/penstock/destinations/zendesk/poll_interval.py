"""How often jobs are asked for: a job of a hundred users takes about twelve seconds (recorded)."""

from __future__ import annotations

SHARE = 0.2
"""How much of the permitted requests the polls of young jobs may use."""
SHORTEST_SECONDS = 0.5
YOUNG_SECONDS = 2.0
"""Never further apart while there is a job younger than a minute."""
LONGEST_SECONDS = 10.0
_SLOWER_FROM_SECONDS = 30.0


def poll_interval(youngest_seconds: float, *, spacing_seconds: float = 0.0, failures: int = 0) -> float:
    """Return the seconds between two polls.

    It depends on the age of the youngest job, on the time that has to pass between two requests of any kind, and on
    the polls that failed in a row. At a job's minute it is two seconds, at five minutes and more ten.
    """
    shortest = min(max(SHORTEST_SECONDS, spacing_seconds / SHARE), YOUNG_SECONDS)
    interval = max(shortest, youngest_seconds / _SLOWER_FROM_SECONDS) * 2.0 ** min(failures, 10)
    return min(interval, LONGEST_SECONDS)
