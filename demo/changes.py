"""What happens in the shop between the first run and the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo import truth
from demo.people import CUSTOMERS, ZOE, newcomers
from demo.shop import Shop

PLANS, BUYERS, MOVERS, RETYPED, LEAVERS, NEWCOMERS = 300, 120, 80, 60, 40, 25

ADDED = CUSTOMERS + 1
"""The first newcomer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a run must find after the changes; `fields` says how many users each attribute is sent for."""

    create: int
    update: int
    left: int
    fields: Mapping[str, int]


def change_the_shop(shop: Shop) -> Expected:
    """Change attributes of some customers; some leave, some join, and Zoë gives up her phone.

    The groups have nobody in common, and all of them have been delivered.
    """
    keys = iter(truth.delivered_with_plan(shop, "pro", but=ZOE))

    def some(number: int) -> str:
        return ", ".join(str(next(keys)) for _ in range(number))

    shop.change(f"UPDATE customers SET plan = 'team' WHERE customer_id IN ({some(PLANS)}, {ZOE})")
    shop.change(
        "INSERT INTO orders SELECT 1_000_000 + customer_id, customer_id, TIMESTAMP '2025-06-01 12:00:00', 42.50"
        f" FROM customers WHERE customer_id IN ({some(BUYERS)}, {ZOE})"
    )
    shop.change(
        "UPDATE customers SET address = {'street': 'Place Neuve 1', 'city': 'Grenoble', 'postcode': '38000'}"
        f" WHERE customer_id IN ({some(MOVERS)})"
    )
    shop.change(f"UPDATE customers SET phone = NULL WHERE customer_id = {ZOE}")
    shop.change(f"UPDATE customers SET email = ' ' || upper(email) WHERE customer_id IN ({some(RETYPED)})")
    shop.change(f"UPDATE customers SET newsletter = false WHERE customer_id IN ({some(LEAVERS)})")
    shop.add_customers(newcomers(ADDED, NEWCOMERS))
    return Expected(
        create=NEWCOMERS,
        update=PLANS + BUYERS + MOVERS + 1,
        left=LEAVERS,
        fields={
            "plan": PLANS + 1 + NEWCOMERS,
            "orders": BUYERS + 1 + NEWCOMERS,
            "lifetime_value": BUYERS + 1 + NEWCOMERS,
            "lastOrderAt": BUYERS + 1,
            "address": MOVERS + NEWCOMERS,
            "customerId": NEWCOMERS,
        },
    )
