"""Whom to look up at the destination before a plan is sent, since sending would create whoever is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from penstock.quoting import quote_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeking:
    """Whom a service wants looked up.

    Those who are already known are looked up unless they have a remote id, where users are addressed by it, or else
    were seen or written within `known_for`. `newcomers`: those who were never delivered are looked up as well.
    """

    newcomers: bool
    known_for: timedelta = timedelta()


def unlocated_sql(seeking: Seeking, *, addresses_known: bool, now: datetime) -> str:
    """SQL over a plan's file, true of whoever is not known to exist at the destination now."""
    if addresses_known:
        return "(remote_id IS NULL)"
    earliest = (now - seeking.known_for).isoformat()
    return f"(seen_at IS NULL OR seen_at <= {quote_text(earliest)}::TIMESTAMPTZ)"


def sought_sql(seeking: Seeking, *, addresses_known: bool, now: datetime) -> str:
    """SQL over a plan's file, true of whoever is looked up before the plan is sent.

    Whoever left and may only be about to exist is not, where the service itself looks at who is in doubt.
    """
    ops = "('create', 'update', 'clear')" if seeking.newcomers else "('update', 'clear')"
    settled = "NOT (op = 'clear' AND in_doubt)" if addresses_known else "true"
    return f"(op IN {ops} AND {settled} AND {unlocated_sql(seeking, addresses_known=addresses_known, now=now)})"
