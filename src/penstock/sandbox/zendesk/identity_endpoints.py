"""A user's identities (contract, section 8)."""

from typing import Any

from starlette.responses import Response

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import (
    Complaint,
    RecordInvalid,
    invalid_attribute,
    json_response,
    record_not_found,
    titled,
)
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.checks import is_email
from penstock.sandbox.zendesk.identity import EMAIL, TYPES, Identity, identity_key
from penstock.sandbox.zendesk.new_identity import new_identity
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user import User
from penstock.sandbox.zendesk.user_endpoints import existing, may_change

_WRITABLE = {"type", "value", "verified", "skip_verify_email", "primary", "verification_method"}
_METHODS = ("none", "low")


def list_identities(service: Service, call: Call) -> Response:
    """GET /users/{id}/identities, the primary first."""
    return _listing(call, existing(service.account, call.id()))


def show(service: Service, call: Call) -> Response:
    """GET /users/{id}/identities/{identity}."""
    user = existing(service.account, call.id())
    return json_response({"identity": _found(user, call).document(user.id, call.base)})


def post(service: Service, call: Call) -> Response:
    """POST /users/{id}/identities; Zendesk writes to a new address unless it is told not to."""
    account, user = service.account, _changeable(service, call)
    given = _given(call)
    kind, value = given.get("type"), _value(call, given)
    if kind not in TYPES:
        raise RecordInvalid(
            [Complaint(attribute="type", description=f"Type: {kind} is invalid", code="InvalidValue")]
        )
    _check(account, user, kind, value)
    verified = given.get("verified") is True
    with account.store.transaction():
        identity = new_identity(account, user, kind, value, verified=verified)
        if kind == EMAIL and not verified and not given.get("skip_verify_email"):
            user.verification_mails += 1
        if given.get("primary") is True:
            _promote(user, identity)
        _save(account, user)
    location = f"{call.base}/users/{user.id}/identities/{identity.id}.json"
    return json_response({"identity": identity.document(user.id, call.base)}, 201, {"Location": location})


def put(service: Service, call: Call) -> Response:
    """PUT /users/{id}/identities/{identity}: another value, or verified; never unverified nor primary."""
    account, user = service.account, _changeable(service, call)
    identity = _found(user, call)
    given = _given(call)
    if "primary" in given:
        call.dropped["identity.primary"] = None
    if given.get("value") is not None:
        value = _value(call, given)
        _check(account, user, identity.type, value, but=identity)
        if value != identity.value:
            identity.value = value
            identity.verified = False
            if identity.type == EMAIL and given.get("verified") is not True and not given.get("skip_verify_email"):
                user.verification_mails += 1
    if given.get("verified") is True:
        identity.verified = True
    with account.store.transaction():
        identity.updated_at = int(account.now())
        _save(account, user)
    return json_response({"identity": identity.document(user.id, call.base)})


def make_primary(service: Service, call: Call) -> Response:
    """PUT …/make_primary: 200 with all identities, the new primary first."""
    user = _changeable(service, call)
    _promote(user, _found(user, call))
    with service.account.store.transaction():
        _save(service.account, user)
    return _listing(call, user)


def verify(service: Service, call: Call) -> Response:
    """PUT …/verify."""
    user = _changeable(service, call)
    identity = _found(user, call)
    identity.verified = True
    with service.account.store.transaction():
        identity.updated_at = int(service.account.now())
        _save(service.account, user)
    return json_response({"identity": identity.document(user.id, call.base)})


def request_verification(service: Service, call: Call) -> Response:
    """PUT …/request_verification: Zendesk writes to the address."""
    user = _changeable(service, call)
    _found(user, call)
    user.verification_mails += 1
    with service.account.store.transaction():
        service.account.store.save(user, renamed=False)
    return json_response({})


def remove(service: Service, call: Call) -> Response:
    """DELETE …: no other identity becomes the primary in its place."""
    user = _changeable(service, call)
    user.identities.remove(_found(user, call))
    with service.account.store.transaction():
        _save(service.account, user)
    return Response(status_code=204)


def _changeable(service: Service, call: Call) -> User:
    user = existing(service.account, call.id())
    may_change(service.account, user)
    return user


def _found(user: User, call: Call) -> Identity:
    wanted = call.id("identity")
    for each in user.identities:
        if each.id == wanted:
            return each
    raise record_not_found()


def _given(call: Call) -> dict[str, Any]:
    given = call.body().get("identity")
    if not isinstance(given, dict):
        raise invalid_attribute("identity", "is required", call.action)
    call.dropped.update({f"identity.{key}": None for key in given if key not in _WRITABLE})
    method = given.get("verification_method")
    if method is not None and method not in _METHODS:
        raise titled(400, "Invalid attribute", f"verification_method cannot be set to {method}")
    return {key: value for key, value in given.items() if key in _WRITABLE}


def _value(call: Call, given: dict[str, Any]) -> str:
    value = given.get("value")
    if not isinstance(value, str):
        raise invalid_attribute("identity.value", "must be a string", call.action)
    return value.strip().lower() if given.get("type", EMAIL) == EMAIL else value.strip()


def _check(account: Account, user: User, kind: str, value: str, *, but: Identity | None = None) -> None:
    if not value:
        raise RecordInvalid([Complaint(attribute="value", description="Value: cannot be blank", code="BlankValue")])
    if kind == EMAIL and not is_email(value):
        raise RecordInvalid([Complaint(attribute="value", description=f"Value: {value} is not properly formatted")])
    key = identity_key(kind, value)
    holder = account.store.holder_of_identity(key)
    if holder is not None and (holder != user.id or but is None or but.key != key):
        description = f"Value: {value} is already being used by another user"
        raise RecordInvalid([Complaint(attribute="value", description=description, code="DuplicateValue")])


def _promote(user: User, identity: Identity) -> None:
    for each in user.identities:
        if each.type == identity.type:
            each.primary = each is identity


def _save(account: Account, user: User) -> None:
    user.updated_at = int(account.now())
    account.store.save(user, renamed=True)


def _listing(call: Call, user: User) -> Response:
    ordered = sorted(user.identities, key=lambda each: not (each.primary and each.type == EMAIL))
    return json_response(
        {
            "identities": [each.document(user.id, call.base) for each in ordered],
            "next_page": None,
            "previous_page": None,
            "count": len(ordered),
        }
    )
