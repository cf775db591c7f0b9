"""How a write ended that nobody answered: it may have been applied, or it certainly was not."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.destinations.http.messages import NoReplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The request may or may not have been applied."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """The request certainly was not applied."""

    code: str
    reason: str


def no_reply(error: NoReplyError) -> Lost | NotSent:
    """Say whether a request without an answer may have been applied."""
    result = Lost if error.maybe_sent else NotSent
    return result(code=error.code, reason=error.message)
