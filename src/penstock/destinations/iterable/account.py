"""Which project a key opens. Iterable names no project id on reads, so the ids of its lists stand for it."""

from __future__ import annotations

import hashlib

from penstock.destinations.contract import Account
from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.destinations.iterable.settings import IterableSettings


async def read_account(session: HttpSession, settings: IterableSettings) -> Account:
    """Identify the project by its lists, whose ids are unique over all of Iterable."""
    return Account(
        label=f"Iterable project at {session.host}",
        parts=(("host", session.host), ("project_type", settings.project_type.value)),
        anchors=await _list_ids(session),
        key_fingerprint=hashlib.sha256(f"penstock:{settings.api_key}".encode()).hexdigest()[:16],
    )


async def _list_ids(session: HttpSession) -> frozenset[str]:
    request = Request(
        method="GET", path="/api/lists", purpose="reading the project's lists", write=False, paced=False
    )
    reply = await session.send(request)
    if reply.status in {401, 403, 404}:
        return frozenset()
    stop_if_hopeless(session, request, reply, credentials_fix=CREDENTIALS_FIX)
    lists = expect_object(session, request, reply).get("lists")
    ids = [each.get("id") for each in lists if isinstance(each, dict)] if isinstance(lists, list) else []
    return frozenset(f"list:{each}" for each in ids if isinstance(each, int))


async def read_known_fields(session: HttpSession) -> dict[str, str]:
    """Read the project's user fields, dotted names included, with their types; proves the key."""
    request = Request(
        method="GET",
        path="/api/users/getFields",
        purpose="reading the project's user fields",
        write=False,
        paced=False,
    )
    reply = await session.send(request)
    stop_if_hopeless(session, request, reply, credentials_fix=CREDENTIALS_FIX)
    fields = expect_object(session, request, reply).get("fields")
    if not isinstance(fields, dict):
        return {}
    return {name: type_ for name, type_ in fields.items() if isinstance(type_, str)}
