"""Organizations and memberships, as far as users need them (contract, section 11)."""

from typing import Any

from starlette.responses import Response

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import (
    ApiError,
    Complaint,
    RecordInvalid,
    invalid_attribute,
    json_response,
    record_not_found,
)
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.organizations import Organization
from penstock.sandbox.zendesk.paging import offset_envelope, offset_page
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user_endpoints import existing

_UPDATES_PER_MINUTE = 5
_TYPES: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "external_id": (str, type(None)),
    "domain_names": list,
    "details": (str, type(None)),
    "notes": (str, type(None)),
    "tags": list,
    "group_id": (int, type(None)),
    "organization_fields": dict,
    "shared_tickets": bool,
    "shared_comments": bool,
}


def list_organizations(service: Service, call: Call) -> Response:
    """GET /organizations."""
    return _listing(call, _sorted(service.account))


def show(service: Service, call: Call) -> Response:
    """GET /organizations/{id}."""
    return json_response({"organization": _existing(service.account, call).document(call.base)})


def post(service: Service, call: Call) -> Response:
    """POST /organizations; the name is unique."""
    account = service.account
    given = _given(call)
    _check(account, given, None)
    with account.store.transaction():
        created = account.organizations.create(given.pop("name"), given.pop("external_id", None), **given)
    location = f"{call.base}/organizations/{created.id}.json"
    return json_response({"organization": created.document(call.base)}, 201, {"Location": location})


def put(service: Service, call: Call) -> Response:
    """PUT /organizations/{id}."""
    account = service.account
    organization = _existing(account, call)
    if not account.minutes.take(f"organization {organization.id}", _UPDATES_PER_MINUTE):
        headers = {"Retry-After": str(account.minutes.seconds_left())}
        raise ApiError(429, "You have exceeded the rate limit for updating a single organization.", headers)
    given = _given(call)
    _check(account, given, organization)
    organization.name = given.pop("name", organization.name)
    organization.external_id = given.pop("external_id", organization.external_id)
    organization.domain_names = [each.lower() for each in given.pop("domain_names", organization.domain_names)]
    organization.values.update(given)
    organization.updated_at = int(account.now())
    with account.store.transaction():
        account.organizations.keep(organization)
    return json_response({"organization": organization.document(call.base)})


def remove(service: Service, call: Call) -> Response:
    """DELETE /organizations/{id}; its members have none any more."""
    account = service.account
    organization = _existing(account, call)
    with account.store.transaction():
        for user_id in account.organizations.remove(organization):
            user = existing(account, user_id)
            if user.values.get("organization_id") == organization.id:
                user.values["organization_id"] = None
                account.store.save(user, renamed=False)
    return Response(status_code=204)


def show_many(service: Service, call: Call) -> Response:
    """GET /organizations/show_many, ordered by name."""
    ids, external_ids = call.listed_ids("ids"), call.listed("external_ids")
    wanted = {each.lower() for each in external_ids or ()}
    return _listing(
        call,
        [
            each
            for each in _sorted(service.account)
            if (each.id in ids if ids is not None else (each.external_id or "").lower() in wanted)
        ],
    )


def search(service: Service, call: Call) -> Response:
    """GET /organizations/search by external_id or name."""
    external_id, name = call.query.get("external_id"), call.query.get("name")
    found = _sorted(service.account)
    if external_id is not None:
        found = [each for each in found if (each.external_id or "").lower() == external_id.lower()]
    if name is not None:
        found = [each for each in found if each.name.lower() == name.lower()]
    return _listing(call, found)


def autocomplete(service: Service, call: Call) -> Response:
    """GET /organizations/autocomplete: those whose name begins with a text."""
    start = call.query.get("name", "").lower()
    return _listing(call, [each for each in _sorted(service.account) if each.name.lower().startswith(start)])


def _sorted(account: Account) -> list[Organization]:
    return sorted(account.organizations.by_id.values(), key=lambda each: each.name.lower())


def _existing(account: Account, call: Call) -> Organization:
    found = account.organizations.by_id.get(call.id())
    if found is None:
        raise record_not_found()
    return found


def _given(call: Call) -> dict[str, Any]:
    given = call.body().get("organization")
    if not isinstance(given, dict):
        raise invalid_attribute("organization", "is required", call.action)
    taken: dict[str, Any] = {}
    for key, value in given.items():
        if key not in _TYPES:
            call.dropped[f"organization.{key}"] = None
        elif not _fits(key, value):
            raise invalid_attribute(f"organization.{key}", "is of a wrong type", call.action)
        else:
            taken[key] = value
    return taken


def _fits(key: str, value: Json) -> bool:
    if not isinstance(value, _TYPES[key]):
        return False
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def _check(account: Account, given: dict[str, Any], organization: Organization | None) -> None:
    name = given.get("name") if organization is None else given.get("name", organization.name)
    if not name or not name.strip():
        description = "Name: is too short (minimum is 1 characters)"
        raise RecordInvalid([Complaint(attribute="name", description=description, code="BlankValue")])
    holder = account.organizations.named(name)
    if holder is not None and holder is not organization:
        raise RecordInvalid(
            [Complaint(attribute="name", description="Name: has already been taken", code="DuplicateValue")]
        )
    external_id = (given.get("external_id") or "").lower()
    if external_id and any(
        (each.external_id or "").lower() == external_id
        for each in account.organizations.by_id.values()
        if each is not organization
    ):
        description = "External has already been taken"
        raise RecordInvalid([Complaint(attribute="external_id", description=description, code="DuplicateValue")])


def _listing(call: Call, found: list[Organization]) -> Response:
    page = offset_page(call)
    shown: list[Json] = [each.document(call.base) for each in found[page.offset : page.offset + page.size]]
    return json_response({"organizations": shown, **offset_envelope(call, page, len(found))})
