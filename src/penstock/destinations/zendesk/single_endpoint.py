"""One user, created or updated at once, or only created. Source: Zendesk's API reference, Users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from penstock.destinations.http.answers import read_object, stop_if_hopeless
from penstock.destinations.http.messages import NoReplyError, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent, no_reply
from penstock.destinations.zendesk.api_warnings import dropped_places
from penstock.destinations.zendesk.bulk_endpoint import (
    CONFLICT,
    FORBIDDEN,
    MAINTENANCE,
    Busy,
    Refused,
    meaning_of_refusal,
)
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.sent_records import SentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The user as it is now."""

    remote_id: int
    user: dict[str, Any]
    created: bool
    dropped: tuple[Place, ...]


SingleResult: TypeAlias = Written | Refused | Busy | Lost | NotSent


async def send_one(session: HttpSession, record: SentRecord, *, only_new: bool, credentials_fix: str) -> SingleResult:
    """Send one user; with `only_new` whoever is there already is refused.

    A 403 is a refusal. Raises CredentialsError, or DestinationError for a wrong address.
    """
    request = Request(
        method="POST",
        path="/api/v2/users" if only_new else "/api/v2/users/create_or_update",
        purpose="creating a user",
        write=True,
        body=f'{{"user":{record.text}}}'.encode(),
        # Sent twice, the second creation would find its user taken, by the first.
        repeat_on=frozenset({CONFLICT} if only_new else {MAINTENANCE, CONFLICT}),
    )
    try:
        reply = await session.send(request)
    except NoReplyError as error:
        return no_reply(error)
    if reply.status != FORBIDDEN:
        stop_if_hopeless(session, request, reply, credentials_fix=credentials_fix)
    if 200 <= reply.status < 300:
        user = (read_object(reply) or {}).get("user")
        if not isinstance(user, dict) or not isinstance(user.get("id"), int):
            words = session.redactor.quote(reply.body[:2000].decode(errors="replace"))
            reason = f"{session.host} answered HTTP {reply.status} without a user: {words}"
            return Lost(code="unexpected_answer", reason=reason)
        created = reply.status == 201
        return Written(remote_id=user["id"], user=user, created=created, dropped=dropped_places(reply.headers))
    return meaning_of_refusal(session, reply)
