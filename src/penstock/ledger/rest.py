"""How long a refused record or an ignored field is let rest before it is tried again with nothing changed."""

from __future__ import annotations

from datetime import datetime, timedelta

REST = timedelta(hours=24)


def rests(next_try: datetime, now: datetime) -> bool:
    """Whether the time of the next try is yet to come.

    One that lies further ahead than any rest was noted while the clock was wrong: it has come.
    """
    return now < next_try <= now + REST


def rests_sql(next_try: str) -> str:
    """The same as SQL over a column of ISO texts, with the parameters `$now` and `$latest`."""
    return f"({next_try} > $now AND {next_try} <= $latest)"


def rests_parameters(now: datetime) -> dict[str, str]:
    """The parameters of `rests_sql`."""
    return {"now": now.isoformat(), "latest": (now + REST).isoformat()}
