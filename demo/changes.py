"""What happens in the shop, and in Zendesk, between the first runs and the second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from demo import truth
from demo.people import CUSTOMERS, ZOE, newcomers
from demo.shop import Shop

UPGRADES, BUYERS, MOVERS, RETYPED, LEAVERS, NEWCOMERS = 300, 120, 80, 60, 40, 25
TEAM_BUYERS, TEAM_MOVERS = 40, 20
"""So many of them have the plan `team`, so Zendesk knows them; one buyer has a new phone, one is deleted there."""

NEW_PHONE = "+33 6 98 76 54 32"

ADDED = CUSTOMERS + 1
"""The first newcomer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the runs must find after the changes; `fields` says how many users Iterable gets each attribute for."""

    create: int
    update: int
    left: int
    fields: Mapping[str, int]
    caller: int
    """The customer with another phone."""
    gone: int
    """The customer whom an administrator deletes in Zendesk."""


def change_the_shop(shop: Shop) -> Expected:
    """Change attributes of some customers; some leave, some join, and Zoë gives up her phone.

    The groups have nobody in common, and all of them have been delivered.
    """
    pro = iter(truth.delivered_with_plan(shop, "pro", but=ZOE))
    team = iter(truth.delivered_with_plan(shop, "team", but=ZOE))
    buyers, movers = list(islice(team, TEAM_BUYERS)), list(islice(team, TEAM_MOVERS))
    caller = shop.count(f"SELECT min(customer_id) FROM customers WHERE phone <> '' AND customer_id IN {(*buyers,)}")

    def some(number: int) -> str:
        return _listed(islice(pro, number))

    shop.change(f"UPDATE customers SET plan = 'team' WHERE customer_id IN ({some(UPGRADES)}, {ZOE})")
    shop.change(
        "INSERT INTO orders SELECT 1_000_000 + customer_id, customer_id, TIMESTAMP '2025-06-01 12:00:00', 42.50"
        f" FROM customers WHERE customer_id IN ({some(BUYERS - TEAM_BUYERS)}, {_listed(buyers)}, {ZOE})"
    )
    shop.change(
        "UPDATE customers SET address = {'street': 'Place Neuve 1', 'city': 'Grenoble', 'postcode': '38000'}"
        f" WHERE customer_id IN ({some(MOVERS - TEAM_MOVERS)}, {_listed(movers)})"
    )
    shop.change(f"UPDATE customers SET phone = NULL WHERE customer_id = {ZOE}")
    shop.change(f"UPDATE customers SET phone = '{NEW_PHONE}' WHERE customer_id = {caller}")
    shop.change(f"UPDATE customers SET email = ' ' || upper(email) WHERE customer_id IN ({some(RETYPED)})")
    shop.change(f"UPDATE customers SET newsletter = false WHERE customer_id IN ({some(LEAVERS)})")
    shop.add_customers(newcomers(ADDED, NEWCOMERS))
    return Expected(
        create=NEWCOMERS,
        update=UPGRADES + BUYERS + MOVERS + 1,
        left=LEAVERS,
        fields={
            "plan": UPGRADES + 1 + NEWCOMERS,
            "orders": BUYERS + 1 + NEWCOMERS,
            "lifetime_value": BUYERS + 1 + NEWCOMERS,
            "lastOrderAt": BUYERS + 1,
            "address": MOVERS + NEWCOMERS,
            "customerId": NEWCOMERS,
        },
        caller=caller,
        gone=next(key for key in buyers if key != caller),
    )


def upgrade_more(shop: Shop, number: int) -> None:
    """Give the plan `team` to some customers who are not at Zendesk yet."""
    keys = islice(truth.delivered_with_plan(shop, "pro", but=ZOE), number)
    shop.change(f"UPDATE customers SET plan = 'team' WHERE customer_id IN ({_listed(keys)})")


def _listed(keys: Iterable[int]) -> str:
    return ", ".join(map(str, keys))
