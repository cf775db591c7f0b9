"""Deleting users whose records left: DELETE users/{email} or users/byUserId/{userId}, one by one.

Source: Iterable's API reference (100 requests a second), and recorded answers: an absent user is answered as a
success by e-mail, and by user id with a refusal that says so.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import quote

from penstock.destinations.contract import ALREADY_GONE, Answer, Batch, Delivery, Outcome, RecordException
from penstock.destinations.http.answers import read_object, stop_if_hopeless
from penstock.destinations.http.messages import NoReplyError, Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent, no_reply
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.destinations.iterable.record_text import read_records

DELETIONS = "deletions of users"
"""The limit that these requests count against."""
DELETIONS_PER_SECOND = 80.0
"""Of the 100 requests a second that Iterable permits, what is left is for others."""
AT_ONCE = 10
_GONE = re.compile(r"No users with userId|User does not exist|No user exists|noUserWithIdExists", re.IGNORECASE)
_GONE_CODES = {"UnknownUserIdError", "UnknownEmailError", "NotFound", "error.users.noUserWithIdExists"}


class Removals:
    """Deletes the users of batches, a few requests at a time."""

    def __init__(self, session: HttpSession, *, identifier: str) -> None:
        self._session = session
        self._identifier = identifier

    async def run(self, batch: Batch, stop: asyncio.Event) -> Delivery:
        """Delete users until `stop` is set or nothing comes through; the others stay unsent.

        Raises CredentialsError, or DestinationError where the API is not at this address.
        """
        names = [str(record.content[self._identifier]) for record in read_records(batch.body)]
        exceptions: list[RecordException] = []
        for start in range(0, len(names), AT_ONCE):
            if stop.is_set():
                return Delivery(answer=Answer.ANSWERED, exceptions=tuple(exceptions), sent=start)
            few = names[start : start + AT_ONCE]
            results = await asyncio.gather(*(self._delete(name) for name in few))
            failed = [each for each in results if isinstance(each, Lost | NotSent)]
            if len(failed) == len(few) and not start:
                answer = Answer.LOST if any(isinstance(each, Lost) for each in failed) else Answer.NOT_SENT
                return Delivery(answer=answer, code=failed[0].code, reason=failed[0].reason, sent=len(few))
            for number, result in zip(batch.numbers[start : start + AT_ONCE], results, strict=True):
                if isinstance(result, Lost | NotSent):
                    exceptions.append(_exception(number, Outcome.UNKNOWN, result.code, result.reason))
                elif result is not None:
                    exceptions.append(_exception(number, *result))
            if len(failed) == len(few):
                return Delivery(answer=Answer.ANSWERED, exceptions=tuple(exceptions), sent=start + len(few))
        return Delivery(answer=Answer.ANSWERED, exceptions=tuple(exceptions))

    async def _delete(self, name: str) -> tuple[Outcome, str, str] | Lost | NotSent | None:
        """Delete one user; None if Iterable says that it is done."""
        path = self._path(name)
        if path is None:
            return Outcome.REJECTED, "not_addressable", f"`{name}` cannot be part of an address at Iterable."
        request = Request(method="DELETE", path=path, purpose="deleting a user", write=True, pace=DELETIONS)
        try:
            reply = await self._session.send(request)
        except NoReplyError as error:
            return no_reply(error)
        content = read_object(reply)
        if 200 <= reply.status < 300:
            return None if content and "code" in content else self._unexpected(reply)
        if 400 <= reply.status < 500 and _says_gone(content or {}):
            return Outcome.SKIPPED, ALREADY_GONE, self._words(reply)
        stop_if_hopeless(self._session, request, reply, credentials_fix=CREDENTIALS_FIX)
        return self._meaning(reply)

    def _path(self, name: str) -> str | None:
        """The address of a user; None where another one could be meant by it."""
        if self._identifier == "email":
            return f"/api/users/{quote(name, safe='@')}" if "@" in name and "/" not in name else None
        is_plain = name.strip(".") != "" and not set(name) & set("/\\")
        return f"/api/users/byUserId/{quote(name, safe='')}" if is_plain else None

    def _unexpected(self, reply: Reply) -> Lost:
        """A success in other words than Iterable's may be anybody's, such as a proxy's."""
        reason = f"{self._session.host} answered HTTP {reply.status} without saying what it did: {self._words(reply)}"
        return Lost(code="unexpected_answer", reason=reason)

    def _meaning(self, reply: Reply) -> tuple[Outcome, str, str] | Lost | NotSent:
        words = self._words(reply)
        if reply.status == 429:
            reason = f"{self._session.host} was still throttling after a long wait: {words}"
            return (
                Lost(code="throttled", reason=reason) if reply.doubtful else NotSent(code="throttled", reason=reason)
            )
        if reply.status >= 500 or reply.status == 408 or reply.doubtful:
            return Lost(code="server_error", reason=f"{self._session.host} answered HTTP {reply.status}: {words}")
        return Outcome.REJECTED, "refused", words

    def _words(self, reply: Reply) -> str:
        content = read_object(reply) or {}
        text = content.get("msg")
        said = text if isinstance(text, str) and text else reply.body[:2000].decode(errors="replace")
        return self._session.redactor.quote(said)


def _says_gone(content: dict[str, object]) -> bool:
    return str(content.get("code")) in _GONE_CODES or _GONE.search(str(content.get("msg") or "")) is not None


def _exception(number: int, outcome: Outcome, code: str, message: str) -> RecordException:
    return RecordException(number=number, outcome=outcome, code=code, message=message)
