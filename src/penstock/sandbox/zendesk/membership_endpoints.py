"""Memberships of users in organizations (contract, section 11)."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import (
    Complaint,
    RecordInvalid,
    invalid_attribute,
    json_response,
    record_not_found,
)
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.organizations import Membership
from penstock.sandbox.zendesk.paging import offset_envelope, offset_page
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user_endpoints import existing


def list_all(service: Service, call: Call) -> Response:
    """GET /organization_memberships."""
    return _listing(call, service.account.organizations.memberships.values())


def list_of_user(service: Service, call: Call) -> Response:
    """GET /users/{id}/organization_memberships."""
    user = existing(service.account, call.id())
    return _listing(call, service.account.organizations.memberships_of(user.id))


def post(service: Service, call: Call) -> Response:
    """POST /organization_memberships; the first one of a user is the default."""
    account = service.account
    given = _given(call)
    user = account.store.user(given["user_id"])
    organization = account.organizations.by_id.get(given["organization_id"])
    if user is None or not user.active or organization is None:
        raise record_not_found()
    held = account.organizations.memberships_of(user.id)
    if any(each.organization_id == organization.id for each in held):
        description = "User has already been taken"
        raise RecordInvalid([Complaint(attribute="user_id", description=description, code="DuplicateValue")])
    with account.store.transaction():
        joined = account.organizations.join(user.id, organization.id, default=not held)
        if given.get("default") is True:
            account.organizations.make_default(joined)
        _write_default(account, user.id)
    location = f"{call.base}/organization_memberships/{joined.id}.json"
    return json_response({"organization_membership": joined.document(call.base)}, 201, {"Location": location})


def make_default(service: Service, call: Call) -> Response:
    """PUT /users/{id}/organization_memberships/{membership}/make_default: all memberships of the user."""
    account = service.account
    user = existing(account, call.id())
    membership = account.organizations.memberships.get(call.id("membership"))
    if membership is None or membership.user_id != user.id:
        raise record_not_found()
    with account.store.transaction():
        account.organizations.make_default(membership)
        _write_default(account, user.id)
    return _listing(call, account.organizations.memberships_of(user.id))


def remove(service: Service, call: Call) -> Response:
    """DELETE /organization_memberships/{id}."""
    membership = service.account.organizations.memberships.get(call.id())
    if membership is None:
        raise record_not_found()
    return _left(service.account, membership)


def leave(service: Service, call: Call) -> Response:
    """DELETE /users/{id}/organizations/{organization}."""
    organization_id = call.id("organization")
    for each in service.account.organizations.memberships_of(call.id()):
        if each.organization_id == organization_id:
            return _left(service.account, each)
    raise record_not_found()


def _left(account: Account, membership: Membership) -> Response:
    with account.store.transaction():
        account.organizations.leave(membership)
        others = account.organizations.memberships_of(membership.user_id)
        if membership.default and others:
            account.organizations.make_default(others[0])
        _write_default(account, membership.user_id)
    return Response(status_code=204)


def _write_default(account: Account, user_id: int) -> None:
    """A user's `organization_id` is that of the default membership."""
    user = existing(account, user_id)
    held = account.organizations.memberships_of(user_id)
    user.values["organization_id"] = next((each.organization_id for each in held if each.default), None)
    user.updated_at = int(account.now())
    account.store.save(user, renamed=False)


def _given(call: Call) -> dict[str, Any]:
    given = call.body().get("organization_membership")
    if not isinstance(given, dict):
        raise invalid_attribute("organization_membership", "is required", call.action)
    for name in ("user_id", "organization_id"):
        if not isinstance(given.get(name), int) or isinstance(given[name], bool):
            raise invalid_attribute(f"organization_membership.{name}", "must be an integer", call.action)
    return dict(given)


def _listing(call: Call, found: Iterable[Membership]) -> Response:
    memberships = list(found)
    page = offset_page(call)
    shown: list[Json] = [each.document(call.base) for each in memberships[page.offset : page.offset + page.size]]
    return json_response({"organization_memberships": shown, **offset_envelope(call, page, len(memberships))})
