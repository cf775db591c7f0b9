"""What answers say about limits. Zendesk has changed the spelling over the years; any of it may be missing.

Source: Zendesk's API reference (rate limits) and recorded answers of 2017 to 2024.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.window_pace import Standing

INFLIGHT_JOBS = "inflight-jobs"
SINGLE_WRITES = "create-update-user"
_EXPORTS = "incremental"
WINDOW_SECONDS = 60.0
"""Limits are counted in fixed clock minutes."""

_LIMIT = ("ratelimit-limit", "rate-limit", "x-rate-limit")
_REMAINING = ("ratelimit-remaining", "rate-limit-remaining", "x-rate-limit-remaining")
_RESETS = ("ratelimit-reset", "rate-limit-reset")
_ENDPOINT = ("zendesk-ratelimit-", "zendesk-rate-limit-")

_WHOLE = re.compile(r"\s*(\d+)")
_PART = re.compile(r"(\w+)\s*=\s*(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLimit:
    """The limit of one endpoint, or of the jobs in flight; None for what is not said."""

    total: int | None = None
    remaining: int | None = None
    resets_seconds: int | None = None


def read_standing(reply: Reply, *, speed: float = 1.0) -> Standing:
    """Read how the account stands under its limit; without a reset value the answer's date says when it ends."""
    headers = reply.headers
    resets = _first(headers, _RESETS)
    return Standing(
        limit=_first(headers, _LIMIT),
        remaining=_first(headers, _REMAINING),
        resets_seconds=_until_next_minute(headers.get("date"), speed) if resets is None else float(resets),
    )


def read_endpoint_limit(headers: Mapping[str, str], name: str) -> EndpointLimit | None:
    """Read `total=30; remaining=29; resets=17` of one endpoint; None where nothing is said."""
    for prefix in _ENDPOINT:
        if prefix + name in headers:
            return _endpoint_limit(headers[prefix + name])
    return None


def read_listing_limit(headers: Mapping[str, str]) -> EndpointLimit | None:
    """Read the limit of incremental exports, whatever the name under which it is told."""
    for name, text in headers.items():
        if any(name.startswith(prefix + _EXPORTS) for prefix in _ENDPOINT):
            return _endpoint_limit(text)
    return None


def _endpoint_limit(text: str) -> EndpointLimit:
    parts = {key.lower(): int(value) for key, value in _PART.findall(text)}
    return EndpointLimit(
        total=parts.get("total"), remaining=parts.get("remaining"), resets_seconds=parts.get("resets")
    )


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        match = _WHOLE.match(headers.get(name, ""))
        if match:
            return int(match[1])
    return None


def _until_next_minute(date: str | None, speed: float) -> float | None:
    try:
        moment: datetime = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return (WINDOW_SECONDS - moment.timestamp() * speed % WINDOW_SECONDS) / speed
