"""What must stand at the destination, worked out from the shop by plain SQL.

Written by hand and without Penstock, so that both can be held against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from demo.dirt import INVALID_ADDRESSES
from demo.shop import Shop

_MEMBERS = """
WITH bought AS (
    SELECT customer_id, count(*) AS orders, sum(total) AS spent, max(ordered_at) AS last_order
    FROM orders GROUP BY customer_id
)
SELECT *, coalesce(lower(trim(email)), '') AS mail
FROM customers LEFT JOIN bought USING (customer_id)
WHERE newsletter
  AND coalesce(status, '') <> 'closed'
  AND (
    coalesce(lower(plan), '') IN ('pro', 'team')
    OR coalesce(orders, 0) >= 2
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
    "orders": "coalesce(orders, 0)",
    "lastOrderAt": _UTC.format("last_order"),
    "lifetime_value": "coalesce(spent, 0)",
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


def profiles(shop: Shop) -> dict[str, Mapping[str, object]]:
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


def _attributes(values: list[object]) -> Mapping[str, object]:
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


def difference(shop: Shop, users: Mapping[str, Mapping[str, object]]) -> str:
    """The first difference between the shop and the users at the destination; empty if there is none."""
    for address, wanted in profiles(shop).items():
        found = users.get(address)
        if found is None:
            return f"{address} is missing"
        for name in _ATTRIBUTES:
            if found.get(name) != wanted.get(name):
                return f"{address} has {name} = {found.get(name)!r}, and the shop says {wanted.get(name)!r}"
    return ""
