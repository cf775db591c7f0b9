"""POST users/bulkUpdate: one request, and what its answer means for all of its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from penstock.destinations.http.answers import read_object, stop_if_hopeless
from penstock.destinations.http.messages import NoReplyError, Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent, no_reply
from penstock.destinations.iterable.bulk_answer import BulkAnswer, read_bulk_answer

CREDENTIALS_FIX = (
    "Check that `api_key` is a server-side key of this project, not disabled and without JWT,"
    " and that `region` is the project's data centre."
)

_OPENING, _CLOSING = b'{"users":[', b"]}"
LARGEST_BODY_BYTES = 4_000_000
ROOM_FOR_RECORDS_BYTES = LARGEST_BODY_BYTES - len(_OPENING) - len(_CLOSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The request was taken; the answer tells who failed."""

    answer: BulkAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The whole request was refused and nothing of it applied; `code` and `params` are Iterable's."""

    status: int
    code: str
    message: str
    params: Mapping[str, Any]


BulkResult: TypeAlias = Answered | Refused | Lost | NotSent


async def bulk_update(session: HttpSession, records: bytes | memoryview, *, count: int) -> BulkResult:
    """Send records (JSON texts between commas, one comma at the end) and read the answer.

    Raises CredentialsError, or DestinationError where the API is not at this address.
    """
    request = Request(
        method="POST",
        path="/api/users/bulkUpdate",
        purpose="updating users" if count > 1 else "updating a user",
        write=True,
        body=b"".join((_OPENING, memoryview(records)[:-1], _CLOSING)),
    )
    try:
        reply = await session.send(request)
    except NoReplyError as error:
        return no_reply(error)
    stop_if_hopeless(session, request, reply, credentials_fix=CREDENTIALS_FIX)
    return _meaning(session, reply)


def _meaning(session: HttpSession, reply: Reply) -> BulkResult:
    content = read_object(reply)
    if 200 <= reply.status < 300:
        answer = None if content is None else read_bulk_answer(content)
        if answer is None:
            return Lost(
                code="unexpected_answer",
                reason=f"{session.host} answered HTTP {reply.status} without the counts of what it did:"
                f" {_words(session, reply, content)}",
            )
        return Answered(answer=answer)
    words = _words(session, reply, content)
    if reply.status == 429:
        reason = f"{session.host} was still throttling after a long wait: {words}"
        return Lost(code="throttled", reason=reason) if reply.doubtful else NotSent(code="throttled", reason=reason)
    if reply.status >= 500 or reply.status == 408 or reply.doubtful:
        return Lost(code="server_error", reason=f"{session.host} answered HTTP {reply.status}: {words}")
    params = {} if content is None else content.get("params")
    return Refused(
        status=reply.status,
        code="" if content is None else str(content.get("code") or ""),
        message=words,
        params=params if isinstance(params, dict) else {},
    )


def _words(session: HttpSession, reply: Reply, content: Mapping[str, Any] | None) -> str:
    text = None if content is None else content.get("msg")
    return session.redactor.quote(
        text if isinstance(text, str) and text else reply.body[:2000].decode(errors="replace")
    )
