"""Whom Zendesk's answers with status 429 concern; they come as JSON and as plain text (recorded)."""

from __future__ import annotations

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.pacing import Throttling
from penstock.destinations.zendesk.envelopes import read_refusal
from penstock.destinations.zendesk.limit_headers import SINGLE_WRITES, read_endpoint_limit

TOO_MANY_JOBS = "TooManyJobs"
_ONE_USER = b"single unique user"
_EXPORTS = b"incremental"


def judge_throttling(reply: Reply) -> Throttling:
    """Tell whether the account's limit is meant, the limit of one user or endpoint, or that of jobs in flight."""
    if read_refusal(reply).code == TOO_MANY_JOBS:
        return Throttling.CALLER
    if _ONE_USER in reply.body or _EXPORTS in reply.body:
        return Throttling.REQUEST
    single = read_endpoint_limit(reply.headers, SINGLE_WRITES)
    if single is not None and single.remaining == 0:
        return Throttling.CALLER  # who sends users one by one keeps to a pace of its own
    return Throttling.EVERYONE
