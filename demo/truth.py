"""What must stand at Iterable, worked out from the shop by plain SQL.

Written by hand and without Penstock, so that both can be held against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from demo.dirt import INVALID_ADDRESSES
from demo.shop import Shop

Attributes = Mapping[str, object]
Profiles = Mapping[str, Attributes]
"""Users by address."""

CUSTOMERS = """
SELECT customers.*, coalesce(lower(trim(email)), '') AS mail, coalesce(orders, 0) AS orders,
    coalesce(spent, 0) AS spent, last_order
FROM customers LEFT JOIN (
    SELECT customer_id, count(*) AS orders, sum(total) AS spent, max(ordered_at) AS last_order
    FROM orders GROUP BY customer_id
) USING (customer_id)
"""
"""Customers with what they have bought, and their address as destinations compare it."""

_MEMBERS = f"""
SELECT * FROM ({CUSTOMERS})
WHERE newsletter
  AND coalesce(status, '') <> 'closed'
  AND (
    coalesce(lower(plan), '') IN ('pro', 'team')
    OR orders >= 2
    OR (country IN ('France', 'Belgium', 'Spain') AND last_seen_at >= '2024-07-01')
  )
"""

_DELIVERABLE = f"""
SELECT * FROM ({_MEMBERS})
WHERE mail <> ''
QUALIFY count(*) OVER (PARTITION BY mail) = 1
"""

_UTC = "strftime(timezone('Europe/Paris', {}) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S +00:00')"

_ATTRIBUTES = {
    "firstName": "first_name",
    "lastName": "last_name",
    "phoneNumber": "phone",
    "customerId": "customer_id",
    "country": "country",
    "plan": "plan",
    "vip": "vip",
    "bornOn": "born_on",
    "lastSeenAt": _UTC.format("last_seen_at"),
    "score": "score",
    "storeCredit": "store_credit",
    "tags": "tags",
    "address": "address",
    "orders": "orders",
    "lastOrderAt": _UTC.format("last_order"),
    "lifetime_value": "spent",
}


def members(shop: Shop) -> int:
    """How many customers the segment must have."""
    return shop.count(f"SELECT count(*) FROM ({_MEMBERS})")


def without_address(shop: Shop) -> int:
    """How many of them have nothing to match by."""
    return shop.count(f"SELECT count(*) FROM ({_MEMBERS}) WHERE mail = ''")


def sharing_an_address(shop: Shop) -> int:
    """How many of them have the address of somebody else."""
    return shop.count(f"SELECT count(*) FROM ({_MEMBERS}) WHERE mail <> ''") - shop.count(
        f"SELECT count(*) FROM ({_DELIVERABLE})"
    )


def profiles(shop: Shop) -> dict[str, Attributes]:
    """Every user that the destination must hold, by address, with the attributes that must be there."""
    columns = ", ".join(_ATTRIBUTES.values())
    rows = shop.ask(f"SELECT mail, {columns} FROM ({_DELIVERABLE})")
    return {str(mail): _attributes(values) for mail, *values in rows if mail not in INVALID_ADDRESSES}


def delivered_with_plan(shop: Shop, plan: str, *, but: int) -> list[int]:
    """Keys of wholly delivered customers with this plan, in no order to speak of, without one of them."""
    rows = shop.ask(
        f"SELECT customer_id, mail FROM ({_DELIVERABLE}) WHERE plan = '{plan}' AND customer_id <> {but}"
        " AND NOT isnan(score) ORDER BY hash(customer_id)"
    )
    return [int(str(key)) for key, mail in rows if mail not in INVALID_ADDRESSES]


def _attributes(values: list[object]) -> Attributes:
    found = {name: _as_stored(value) for name, value in zip(_ATTRIBUTES, values, strict=True)}
    return {name: value for name, value in found.items() if value is not None}


def _as_stored(value: object) -> object:
    """A value as Iterable keeps it: numbers as numbers, dates as instants, no NaN."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00 +00:00"
    return value


def club_levels(shop: Shop) -> dict[str, object]:
    """The level of every member of the club, by address."""
    return {
        str(mail): level
        for mail, level in shop.ask(
            f"SELECT mail, if(spent >= 500, 'gold', 'silver') FROM ({_DELIVERABLE})"
            " WHERE vip AND spent >= 400 AND lower(plan) IN ('pro', 'team')"
        )
    }


def difference(wanted: Profiles, found: Profiles) -> str:
    """The first difference between users that must be there and users that are; empty if there is none."""
    for address, attributes in wanted.items():
        if address not in found:
            return f"{address} is missing"
        for name in attributes.keys() | _ATTRIBUTES.keys():
            if found[address].get(name) != attributes.get(name):
                return f"{address} has {name} = {found[address].get(name)!r}, not {attributes.get(name)!r}"
    return next((f"{address} should not be there" for address in found if address not in wanted), "")
