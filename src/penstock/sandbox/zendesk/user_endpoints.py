"""Single users: show, create, update, create_or_update, delete, and oneself (contract, sections 5, 9 and 12)."""

from starlette.responses import Response

from penstock.sandbox.zendesk.account import TOO_MANY_UPDATES, Account
from penstock.sandbox.zendesk.answers import (
    ApiError,
    Complaint,
    RecordInvalid,
    forbidden,
    json_response,
    record_not_found,
)
from penstock.sandbox.zendesk.attributes import AttributeReader, Attributes
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user import User, anonymous
from penstock.sandbox.zendesk.user_writes import create, delete, found, update


def reader(account: Account, call: Call, *, creating: bool) -> AttributeReader:
    """Reads the users of a call as the account's switches say."""
    oddity = call.exchange.oddity
    ignored = oddity.field if oddity is not None and oddity.do == "ignore-field" else None
    return AttributeReader(
        call.action,
        account.fields,
        creating=creating,
        ignored=ignored,
        warn_fields=account.switches["unknown_user_fields"] == "warn",
    )


def me(service: Service, call: Call) -> Response:
    """GET /users/me; 200 without credentials, with no id."""
    account = service.account
    if call.login is None:
        return json_response({"user": anonymous(call.base)})
    owner = account.store.user(account.owner_id)
    if owner is None:
        raise record_not_found()
    document = owner.document(call.base, account.shown_fields())
    document["role"] = account.switches["role"]
    document["email"] = document["email"] or call.login or None
    document["authenticity_token"] = account.store.subdomain
    return json_response({"user": document})


def show(service: Service, call: Call) -> Response:
    """GET /users/{id}, deleted ones too."""
    user = existing(service.account, call.id())
    return json_response({"user": user.document(call.base, service.account.shown_fields())})


def post(service: Service, call: Call) -> Response:
    """POST /users."""
    attributes = _wrapped(service.account, call, creating=True)
    with service.account.store.transaction():
        user = create(service.account, attributes)
    return written(service.account, call, user, 201)


def put(service: Service, call: Call) -> Response:
    """PUT /users/{id}."""
    account = service.account
    user = existing(account, call.id())
    attributes = _wrapped(account, call, creating=False)
    may_change(account, user)
    count_update(account, user)
    with account.store.transaction():
        user = update(account, user, attributes)
    return written(account, call, user, 200)


def post_create_or_update(service: Service, call: Call) -> Response:
    """POST /users/create_or_update; the creation does not count against the user's limit."""
    account = service.account
    attributes = _wrapped(account, call, creating=True)
    user = found(account, attributes)
    if user is None:
        with account.store.transaction():
            user = create(account, attributes)
        return written(account, call, user, 201)
    may_change(account, user)
    count_update(account, user)
    with account.store.transaction():
        user = update(account, user, attributes)
    return written(account, call, user, 200)


def remove(service: Service, call: Call) -> Response:
    """DELETE /users/{id}: 200 with the deleted user."""
    account = service.account
    user = existing(account, call.id())
    if not user.active:
        raise record_not_found()
    if user.id == account.owner_id:
        raise forbidden()
    may_change(account, user)
    with account.store.transaction():
        delete(account, user)
    return json_response({"user": user.document(call.base, account.shown_fields())})


def existing(account: Account, user_id: int) -> User:
    """A user, deleted or not."""
    user = account.store.user(user_id)
    if user is None:
        raise record_not_found()
    return user


def may_change(account: Account, user: User) -> None:
    """Agents change end users only; nobody changes a deleted one."""
    if not user.active:
        raise record_not_found()
    if account.switches["role"] == "agent" and user.role != "end-user":
        raise forbidden()


def count_update(account: Account, user: User) -> None:
    """Hold the limit of updates of one user."""
    if not account.may_update(user.id):
        raise ApiError(429, TOO_MANY_UPDATES, {"Retry-After": str(account.minutes.seconds_left())})


def written(account: Account, call: Call, user: User, status: int) -> Response:
    """The answer to a single write."""
    document = user.document(call.base, account.shown_fields(), as_written=True)
    return json_response({"user": document}, status, {"Location": f"{call.base}/users/{user.id}.json"})


def _wrapped(account: Account, call: Call, *, creating: bool) -> Attributes:
    reading = reader(account, call, creating=creating)
    attributes = reading.wrapped(call.body())
    call.dropped.update(reading.dropped)
    if call.exchange.rejection is not None:
        description = "Refused on request of the sandbox's fault"
        raise RecordInvalid([Complaint(attribute="base", description=description, code="InvalidValue")])
    return attributes
