"""Reading many users: show_many, search, the list, the count (contract, section 9)."""

from collections.abc import Sequence

from starlette.responses import Response

from penstock.sandbox.zendesk.answers import json_response
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.identity import EMAIL
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.paging import cursor_page, offset_envelope, offset_page, wants_cursor
from penstock.sandbox.zendesk.search_query import Term, matches, terms
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.times import iso_time
from penstock.sandbox.zendesk.user import User

_CACHED = {"Cache-Control": "max-age=10, private"}


def show_many(service: Service, call: Call) -> Response:
    """GET /users/show_many, ordered by id; those that are not there are left out."""
    store = service.account.store
    ids, external_ids = call.listed_ids("ids"), call.listed("external_ids")
    if ids is not None:
        users = store.users_with("id", ids)
    else:
        users = store.users_with("external_key", [each.lower() for each in external_ids or ()])
    if call.query.get("include_deleted") not in ("true", "1"):
        users = [each for each in users if each.active]
    envelope: dict[str, Json] = {
        "users": _documents(service, call, users),
        "next_page": None,
        "previous_page": None,
        "count": len(users),
    }
    return json_response(envelope | _included(service, call, users))


def search(service: Service, call: Call) -> Response:
    """GET /users/search by query or external id; without either, everybody is listed."""
    users = _searched(service, call)
    return json_response(_searched_page(service, call, users), headers=_CACHED)


def list_users(service: Service, call: Call) -> Response:
    """GET /users, by cursor or by offset."""
    condition, values = _filter(call)
    if wants_cursor(call):
        return json_response(
            cursor_page(service, call, condition, values, lambda users: _documents(service, call, users))
        )
    page = offset_page(call)
    users = service.account.store.select_users(condition, values, limit=page.size, offset=page.offset)
    total = service.account.store.count_users(condition, values)
    return json_response({"users": _documents(service, call, users)} | offset_envelope(call, page, total))


def count(service: Service, call: Call) -> Response:
    """GET /users/count."""
    condition, values = _filter(call)
    total = service.account.store.count_users(condition, values)
    return json_response({"count": {"value": total, "refreshed_at": iso_time(int(service.account.now()))}})


def _filter(call: Call) -> tuple[str, list[object]]:
    conditions, values = ["active = 1"], list[object]()
    roles = call.query.getlist("role[]") or call.query.getlist("role")
    if roles:
        conditions.append(f"role IN ({','.join('?' * len(roles))})")
        values.extend(roles)
    if call.query.get("external_id"):
        conditions.append("external_key = ?")
        values.append(call.query["external_id"].lower())
    return " AND ".join(conditions), values


def _searched(service: Service, call: Call) -> Sequence[User]:
    """The users found, as far as the index has them by now."""
    account = service.account
    condition = "active = 1 AND made <= ?"
    known_until = account.now() - account.seconds("search_lag_seconds")
    external_id, query = call.query.get("external_id"), call.query.get("query")
    if external_id is not None:
        values = (known_until, external_id.lower())
        return account.store.select_users(f"{condition} AND external_key = ?", values)
    if not query:
        return account.store.select_users(condition, (known_until,))
    wanted = terms(query)
    alternatives = account.switches["search_same_keyword"] == "or"
    by_address = _only_address(wanted)
    if by_address is not None:
        # The usual question, answered by the index of addresses.
        condition += " AND id IN (SELECT user_id FROM identities WHERE type = ? AND key = ?)"
        return account.store.select_users(condition, (known_until, EMAIL, by_address))
    return [
        each
        for each in account.store.select_users(condition, (known_until,))
        if matches(each, wanted, alternatives=alternatives)
    ]


def _only_address(wanted: list[Term]) -> str | None:
    """The address of a query that asks for one address and nothing else."""
    asked = [each for each in wanted if each.keyword != "type"]
    if len(asked) == 1 and not asked[0].negated and asked[0].keyword == "email":
        return asked[0].value
    return None


def _searched_page(service: Service, call: Call, users: Sequence[User]) -> dict[str, Json]:
    page = offset_page(call)
    shown = users[page.offset : page.offset + page.size]
    documents = _documents(service, call, shown)
    if service.account.switches["search_email"] == "searched":
        _show_searched_address(call, shown, documents)
    return {"users": documents} | offset_envelope(call, page, len(users))


def _show_searched_address(call: Call, users: Sequence[User], documents: list[dict[str, Json]]) -> None:
    """The recorded oddity: who is found by a secondary address is shown with it."""
    address = _only_address(terms(call.query.get("query") or ""))
    for user, document in zip(users, documents, strict=True):
        if address is not None and any(each.key == (EMAIL, address) for each in user.identities):
            document["email"] = address


def _documents(service: Service, call: Call, users: Sequence[User]) -> list[dict[str, Json]]:
    fields = list(service.account.shown_fields())
    return [each.document(call.base, fields) for each in users]


def _included(service: Service, call: Call, users: Sequence[User]) -> dict[str, Json]:
    included: dict[str, Json] = {}
    if "identities" in call.include:
        included["identities"] = [
            identity.document(user.id, call.base) for user in users for identity in user.identities
        ]
    if "organizations" in call.include:
        by_id = service.account.organizations.by_id
        ids = dict.fromkeys(user.values.get("organization_id") for user in users)
        included["organizations"] = [by_id[each].document(call.base) for each in ids if each in by_id]
    if "roles" in call.include:
        included["roles"] = []
    return included
