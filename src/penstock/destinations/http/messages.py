"""Requests and replies as data, and the error of a request that got no reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from penstock.destinations.http.retry import Trouble
from penstock.errors import DestinationError

GATEWAY_STATUSES = frozenset({502, 503, 504})
"""Answers of a gateway instead of the destination: the request may have been applied nevertheless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `purpose` completes the sentence "while …"; `write` says whether it changes anything there.

    `paced` requests wait for their turn under the account's limit, `urgent` ones before all others. `patient` reads
    are waited for by a delivery, not by a person: throttled, they are repeated as long as writes are. Answers with
    a status of `repeat_on` are no answers: the request is made again. `pace` names the limit that the request counts
    against, where it is not the one that most do. With `into` the body of a successful answer goes into that file
    instead of the reply; it may take as long as it keeps coming. Several values in `query` are
    parameters of one name.
    """

    method: str
    path: str
    purpose: str
    write: bool
    body: bytes | None = None
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    paced: bool = True
    urgent: bool = False
    patient: bool = False
    pace: str = ""
    into: Path | None = None
    repeat_on: frozenset[int] = GATEWAY_STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer, whatever its status; the names of `headers` are in lower case.

    `doubtful`: an earlier attempt of the same request ended in a gateway's error, so that it may have been applied
    although this answer refuses it.
    """

    status: int
    body: bytes
    content_type: str
    location: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    doubtful: bool = False


class NoReplyError(DestinationError):
    """No answer came; `maybe_sent` says whether the request may have been applied nevertheless."""

    def __init__(self, message: str, *, fix: str, code: str, trouble: Trouble, maybe_sent: bool) -> None:
        super().__init__(message, fix=fix, code=code)
        self.trouble = trouble
        self.maybe_sent = maybe_sent
