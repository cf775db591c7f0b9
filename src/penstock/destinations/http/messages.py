"""Requests and replies as data, and the error of a request that got no reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock.destinations.http.retry import Trouble
from penstock.errors import DestinationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `purpose` completes the sentence "while …"; `write` says whether it changes anything there.

    `paced` requests wait for their turn under the account's limit.
    """

    method: str
    path: str
    purpose: str
    write: bool
    body: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    paced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer, whatever its status.

    `doubtful`: an earlier attempt of the same request ended in a gateway's error, so that it may have been applied
    although this answer refuses it.
    """

    status: int
    body: bytes
    content_type: str
    location: str = ""
    doubtful: bool = False


class NoReplyError(DestinationError):
    """No answer came; `maybe_sent` says whether the request may have been applied nevertheless."""

    def __init__(self, message: str, *, fix: str, code: str, trouble: Trouble, maybe_sent: bool) -> None:
        super().__init__(message, fix=fix, code=code)
        self.trouble = trouble
        self.maybe_sent = maybe_sent
