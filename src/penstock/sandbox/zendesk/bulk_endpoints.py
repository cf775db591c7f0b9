"""Bulk requests: they are answered at once and done by a job later (contract, section 6)."""

from typing import Any

from starlette.responses import Response

from penstock.sandbox.exchange import Rejection
from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import ApiError, json_response, titled, too_many_values
from penstock.sandbox.zendesk.call import MOST_VALUES, Call
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user_endpoints import reader

Item = dict[str, Any]


def create_many(service: Service, call: Call) -> Response:
    """POST /users/create_many."""
    return _import(service, call, "create_many", "created")


def create_or_update_many(service: Service, call: Call) -> Response:
    """POST /users/create_or_update_many."""
    return _import(service, call, "create_or_update_many", "created or updated")


def update_many(service: Service, call: Call) -> Response:
    """PUT /users/update_many: one change for named users, or a list of changes."""
    body = call.body()
    items = _named(call)
    reading = reader(service.account, call, creating=False)
    if items is None:
        raw = _users(call, body, "updated")
        items = []
        for position, each in enumerate(raw):
            attributes = reading.read(each, f"users.{position}", "users")
            items.append(_target(attributes))
    else:
        change = reading.wrapped(body)
        change.pop("id", None)
        for item in items:
            item["attributes"] = change
    call.dropped.update(reading.dropped)
    return _start(service, call, "update_many", items)


def destroy_many(service: Service, call: Call) -> Response:
    """DELETE /users/destroy_many."""
    items = _named(call)
    if items is None:
        raise titled(400, "Invalid attribute", "Invalid parameter: ids or external_ids is required")
    return _start(service, call, "destroy_many", items)


def _import(service: Service, call: Call, kind: str, done: str) -> Response:
    if service.account.switches["bulk_import"] == "off":
        raise _gate(service.account)
    raw = _users(call, call.body(), done)
    reading = reader(service.account, call, creating=True)
    items = [reading.read(each, f"users.{position}", "users") for position, each in enumerate(raw)]
    call.dropped.update(reading.dropped)
    return _start(service, call, kind, items)


def _gate(account: Account) -> ApiError:
    """Bulk imports are off until Zendesk allows them; the body of the refusal is not known."""
    message = "Data imports are not enabled"
    match account.switches["bulk_import_error"]:
        case "title-message":
            return titled(403, "Forbidden", message)
        case "description":
            return ApiError(403, {"error": "Forbidden", "description": message})
        case "text":
            return ApiError(403, message)
        case _:
            return ApiError(403, {"error": "Forbidden", "message": message})


def _users(call: Call, body: dict[str, Json], done: str) -> list[Json]:
    raw = body.get("users")
    if not isinstance(raw, list):
        raise titled(
            400,
            "Invalid attribute",
            "You passed an invalid value for the users attribute."
            f" Invalid parameter: users must be an array from api/v2/{call.action}",
        )
    if len(raw) > MOST_VALUES:
        raise too_many_values(f"Maximum {MOST_VALUES} users may be {done} per call")
    return raw


def _named(call: Call) -> list[Item] | None:
    ids = call.listed("ids")
    if ids is not None:
        return [_by_id(each) for each in ids]
    external_ids = call.listed("external_ids")
    if external_ids is not None:
        return [{"by": "external_id", "value": each} for each in external_ids]
    return None


def _by_id(text: str) -> Item:
    return {"by": "id", "value": int(text) if text.isdecimal() and len(text) < 19 else 0}


def _target(attributes: dict[str, Any]) -> Item:
    """An item of a batch: the id names the user; without one, the external id does."""
    user_id = attributes.pop("id", None)
    if user_id:
        return {"by": "id", "value": user_id, "attributes": attributes}
    if attributes.get("external_id"):
        return {"by": "external_id", "value": attributes["external_id"], "attributes": attributes}
    return {"by": "id", "value": 0, "attributes": attributes}


def _start(service: Service, call: Call, kind: str, items: list[Item]) -> Response:
    refused = _refused(call.exchange.rejection, items)
    job = service.jobs.start(kind, items, refused, call.exchange.oddity)
    call.headers.update(service.jobs.headers())
    return json_response({"job_status": job.document(call.base, job.queued_at) | {"status": "queued"}})


def _refused(rejection: Rejection | None, items: list[Item]) -> dict[int, str]:
    if rejection is None or not items:
        return {}
    if rejection.record is None:
        return {rejection.choose(len(items)): rejection.bucket}
    wanted = rejection.record.lower()
    return {position: rejection.bucket for position, item in enumerate(items) if wanted in _keys(item)}


def _keys(item: Item) -> set[str]:
    attributes = item.get("attributes", item)
    named = (item.get("value"), attributes.get("email"), attributes.get("external_id"))
    return {str(each).lower() for each in named if each}
