"""User fields (contract, section 10)."""

import re
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
from penstock.sandbox.zendesk.field_definition import DATE_PATTERN, TYPES, FieldDefinition
from penstock.sandbox.zendesk.paging import offset_envelope, offset_page
from penstock.sandbox.zendesk.service import Service

_KEY = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_WRITABLE = {
    "key", "type", "title", "description", "position", "active", "regexp_for_validation", "tag",
    "custom_field_options", "relationship_target_type", "raw_title", "raw_description",
}  # fmt: skip
_TYPES: dict[str, tuple[type, str]] = {
    "position": (int, "must be an integer"),
    "active": (bool, "must be a boolean"),
    "custom_field_options": (list, "must be an array"),
}


def list_fields(service: Service, call: Call) -> Response:
    """GET /user_fields."""
    page = offset_page(call)
    fields = list(service.account.shown_fields())
    shown = fields[page.offset : page.offset + page.size]
    return json_response(
        {"user_fields": [each.document(call.base) for each in shown]} | offset_envelope(call, page, len(fields))
    )


def show(service: Service, call: Call) -> Response:
    """GET /user_fields/{id or key}."""
    return json_response({"user_field": _existing(service.account, call).document(call.base)})


def post(service: Service, call: Call) -> Response:
    """POST /user_fields; a field without a type is a text."""
    account = service.account
    given = _given(call)
    _check_new(account, given)
    now = int(account.now())
    with account.store.transaction():
        definition = FieldDefinition(
            id=account.store.next_id(),
            key=given["key"],
            type=given.get("type") or "text",
            title=given["title"],
            created_at=now,
            updated_at=now,
        )
        _change(account, definition, given)
        account.put_field(definition)
    location = f"{call.base}/user_fields/{definition.id}.json"
    return json_response({"user_field": definition.document(call.base)}, 201, {"Location": location})


def put(service: Service, call: Call) -> Response:
    """PUT /user_fields/{id or key}; key and type stay."""
    account = service.account
    definition = _existing(account, call)
    given = _given(call)
    if not (given.get("title", definition.title) or "").strip():
        raise RecordInvalid([_blank("title")])
    with account.store.transaction():
        _change(account, definition, given)
        definition.updated_at = int(account.now())
        account.put_field(definition)
    return json_response({"user_field": definition.document(call.base)})


def remove(service: Service, call: Call) -> Response:
    """DELETE /user_fields/{id or key}; the key can be used again."""
    service.account.remove_field(_existing(service.account, call))
    return Response(status_code=204)


def _existing(account: Account, call: Call) -> FieldDefinition:
    wanted = call.path["id"]
    for each in account.fields.values():
        if wanted in (each.key, str(each.id)):
            return each
    raise record_not_found()


def _given(call: Call) -> dict[str, Any]:
    given = call.body().get("user_field")
    if not isinstance(given, dict):
        raise invalid_attribute("user_field", "is required", call.action)
    taken: dict[str, Any] = {}
    for key, value in given.items():
        if key not in _WRITABLE:
            call.dropped[f"user_field.{key}"] = None
            continue
        kind, requirement = _TYPES.get(key, (str, "must be a string"))
        if value is not None and not isinstance(value, kind):
            raise invalid_attribute(f"user_field.{key}", requirement, call.action)
        taken[key] = value
    return taken


def _check_new(account: Account, given: dict[str, Any]) -> None:
    wrong = [_blank(name) for name in ("key", "title") if not (given.get(name) or "").strip()]
    key, kind = given.get("key") or "", given.get("type") or "text"
    if key and (not _KEY.fullmatch(key) or key.isdecimal()):
        wrong.append(Complaint(attribute="key", description=f"Key: {key} is invalid", code="InvalidValue"))
    if key.lower() in (each.lower() for each in account.fields):
        wrong.append(Complaint(attribute="key", description="Key: has already been taken", code="DuplicateValue"))
    if kind not in TYPES:
        wrong.append(Complaint(attribute="type", description=f"Type: {kind} is invalid", code="InvalidValue"))
    needed = {"regexp": "regexp_for_validation", "lookup": "relationship_target_type"}.get(kind)
    if kind in ("dropdown", "multiselect"):
        needed = "custom_field_options"
    if needed is not None and not given.get(needed):
        wrong.append(_blank(needed))
    if wrong:
        raise RecordInvalid(wrong)


def _blank(name: str) -> Complaint:
    return Complaint(
        attribute=name, description=f"{name.replace('_', ' ').capitalize()}: cannot be blank", code="BlankValue"
    )


def _change(account: Account, definition: FieldDefinition, given: dict[str, Any]) -> None:
    for name in ("title", "description", "position", "active", "relationship_target_type"):
        if given.get(name) is not None:
            setattr(definition, name, given[name])
    if definition.type == "checkbox":
        definition.tag = given.get("tag", definition.tag) or None
    if definition.type == "date":
        definition.regexp = DATE_PATTERN
    elif "regexp_for_validation" in given:
        definition.regexp = given["regexp_for_validation"]
    if definition.type in ("dropdown", "multiselect") and given.get("custom_field_options") is not None:
        definition.options = _options(account, definition, given["custom_field_options"])


def _options(account: Account, definition: FieldDefinition, given: list[Any]) -> list[dict[str, Any]]:
    """All options as given; those not given are gone, the others keep their ids."""
    known = {each["value"]: each["id"] for each in definition.options}
    options = []
    for each in given:
        if not isinstance(each, dict) or not isinstance(each.get("value"), str) or not each["value"]:
            raise RecordInvalid([_blank("custom_field_options")])
        name = str(each.get("name") or each["value"])
        option_id = known.get(each["value"]) or account.store.next_id()
        options.append({"id": option_id, "name": name, "raw_name": name, "value": each["value"]})
    return options
