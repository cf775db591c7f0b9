"""What must stand at Zendesk, worked out from the shop by plain SQL.

Written by hand and without Penstock, so that both can be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from demo.shop import Shop
from demo.truth import CUSTOMERS, Attributes, Profiles

_TEAM = f"""
SELECT * FROM ({CUSTOMERS})
WHERE lower(plan) = 'team' AND coalesce(status, '') <> 'closed'
"""

_DATE = "strftime({}, '%Y-%m-%dT00:00:00+00:00')"

_ATTRIBUTES = {
    "name": "trim(coalesce(first_name || ' ', '') || last_name)",
    "phone": "nullif(phone, '')",
    "external_id": "customer_id::VARCHAR",
}

_USER_FIELDS = {
    "plan": "plan",
    "orders": "orders",
    "lifetime_value": "spent",
    "vip": "vip",
    "born_on": _DATE.format("born_on"),
    "last_order_at": _DATE.format("last_order"),
}

FIELD_TYPES = {
    "plan": "text",
    "orders": "integer",
    "lifetime_value": "decimal",
    "vip": "checkbox",
    "born_on": "date",
    "last_order_at": "date",
}
"""The user fields that Penstock must make, and of what type."""


def members(shop: Shop) -> int:
    """How many customers the segment must have."""
    return shop.count(f"SELECT count(*) FROM ({_TEAM})")


def users(shop: Shop) -> dict[str, dict[str, object]]:
    """Every user whom Zendesk must hold, by address, with the attributes that must be there."""
    columns = _ATTRIBUTES | _USER_FIELDS
    rows = shop.ask(f"SELECT mail, {', '.join(columns.values())} FROM ({_TEAM})")
    return {
        str(mail): {name: _as_stored(value) for name, value in zip(columns, values, strict=True)}
        for mail, *values in rows
    }


def held_by_zendesk(found: Iterable[Mapping[str, Any]]) -> dict[str, Attributes]:
    """The same attributes of users as the sandbox gives them."""
    return {user["email"]: {name: user[name] for name in _ATTRIBUTES} | user["user_fields"] for user in found}


def difference(wanted: Profiles, found: Iterable[Mapping[str, Any]]) -> str:
    """The first difference between users that must be there and users that are; empty if there is none."""
    there = list(found)
    users = held_by_zendesk(there)
    if len(users) < len(there):
        return "somebody is there twice"
    for address in wanted.keys() | users.keys():
        if users.get(address) != wanted.get(address):
            return f"{address} is {users.get(address)!r}, not {wanted.get(address)!r}"
    return ""


def twice(found: Iterable[Mapping[str, Any]]) -> int:
    """How many users have a second address or number, or were written to by Zendesk."""
    return sum(_more_than_one(user["identities"]) or user["verification_mails"] > 0 for user in found)


def _more_than_one(identities: Iterable[Mapping[str, Any]]) -> bool:
    kinds = [each["type"] for each in identities]
    return len(kinds) > len(set(kinds))


def _as_stored(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
