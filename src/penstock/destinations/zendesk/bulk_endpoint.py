"""The bulk writes: one request that starts a job, and what its answer means.

A 200 says only that the job is queued. Source: Zendesk's API reference, Users; errors as recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from penstock.destinations.http.answers import read_object, stop_if_hopeless
from penstock.destinations.http.messages import GATEWAY_STATUSES, NoReplyError, Reply, Request
from penstock.destinations.http.pacing import Throttling
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent, no_reply
from penstock.destinations.zendesk.api_warnings import dropped_places
from penstock.destinations.zendesk.envelopes import Refusal, read_refusal
from penstock.destinations.zendesk.job_status import JobKind, read_job
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.limit_headers import INFLIGHT_JOBS, EndpointLimit, read_endpoint_limit
from penstock.destinations.zendesk.refusal_codes import is_conflict
from penstock.destinations.zendesk.sent_records import SentRecord, users_body
from penstock.destinations.zendesk.throttling import judge_throttling

FORBIDDEN = 403
CONFLICT = 409
MAINTENANCE = 503
"""What Zendesk answers during maintenance; of the other gateway errors nobody knows what was applied."""

_METHODS = {
    JobKind.UPSERT: "POST",
    JobKind.CREATE: "POST",
    JobKind.UPDATE: "PUT",
    JobKind.DELETE: "DELETE",
}
_PURPOSES = {
    JobKind.UPSERT: "creating users",
    JobKind.CREATE: "creating users",
    JobKind.UPDATE: "updating users",
    JobKind.DELETE: "deleting users",
}
_REPEAT_ON = {
    JobKind.UPSERT: frozenset({MAINTENANCE, CONFLICT}),
    # Sent twice, the second one would find its users taken, by the first.
    JobKind.CREATE: frozenset({CONFLICT}),
    JobKind.UPDATE: GATEWAY_STATUSES | {CONFLICT},
    JobKind.DELETE: GATEWAY_STATUSES | {CONFLICT},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """The job is queued; `dropped` names attributes that it will leave out."""

    job_id: str
    dropped: tuple[Place, ...] = ()
    slots: EndpointLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The whole request was refused and nothing of it applied."""

    status: int
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Too many jobs are in flight, or users written in this second; nothing was applied.

    `seconds` is how long Zendesk asks to wait, None where it does not say.
    """

    seconds: float | None


Submitted: TypeAlias = JobStarted | Refused | Busy | Lost | NotSent


async def start_job(
    session: HttpSession, kind: JobKind, records: Sequence[SentRecord], *, credentials_fix: str
) -> Submitted:
    """Ask for a job. A 403 for creations is a refusal, for bulk import may be off.

    Raises CredentialsError, or DestinationError where the API is not at this address.
    """
    request = Request(
        method=_METHODS[kind],
        path=f"/api/v2/users/{kind.value}",
        purpose=_PURPOSES[kind],
        write=True,
        body=None if kind is JobKind.DELETE else users_body(records),
        query={"ids": ",".join(str(each.content["id"]) for each in records)} if kind is JobKind.DELETE else {},
        repeat_on=_REPEAT_ON[kind],
    )
    try:
        reply = await session.send(request)
    except NoReplyError as error:
        return no_reply(error)
    if not kind.creates or reply.status != FORBIDDEN:
        stop_if_hopeless(session, request, reply, credentials_fix=credentials_fix)
    if 200 <= reply.status < 300:
        return _started(session, reply)
    return meaning_of_refusal(session, reply)


def meaning_of_refusal(session: HttpSession, reply: Reply) -> Refused | Busy | Lost | NotSent:
    """Say what an answer without success means for what was sent."""
    raw = read_refusal(reply)
    refusal = replace(
        raw,
        words=session.redactor.quote(raw.words),
        complaints=tuple(replace(each, words=session.redactor.quote(each.words)) for each in raw.complaints),
    )
    if reply.status == 429 and judge_throttling(reply) is Throttling.CALLER:
        return Busy(seconds=_retry_after(reply.headers))
    if reply.status == 429:
        reason = f"{session.host} was still throttling after a long wait: {refusal.words}"
        return Lost(code="throttled", reason=reason) if reply.doubtful else NotSent(code="throttled", reason=reason)
    if reply.status == CONFLICT and is_conflict(refusal) and not reply.doubtful:
        reason = f"{session.host} could not apply the request, several times: {refusal.words}"
        return NotSent(code="database_conflict", reason=reason)
    if reply.status >= 500 or reply.status == 408 or reply.doubtful:
        return Lost(code="server_error", reason=f"{session.host} answered HTTP {reply.status}: {refusal.words}")
    return Refused(status=reply.status, refusal=refusal)


def _started(session: HttpSession, reply: Reply) -> JobStarted | Lost:
    content = read_object(reply)
    job = read_job(content.get("job_status")) if content else None
    if job is None:
        words = session.redactor.quote(reply.body[:2000].decode(errors="replace"))
        reason = f"{session.host} answered HTTP {reply.status} without a job: {words}"
        return Lost(code="unexpected_answer", reason=reason)
    return JobStarted(
        job_id=job.id,
        dropped=dropped_places(reply.headers),
        slots=read_endpoint_limit(reply.headers, INFLIGHT_JOBS),
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isdigit() else None
