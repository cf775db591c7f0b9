"""Computed fields of every sort reach both destinations, from both kinds of source, and only what changes does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.cli.project import Project
from tests.acceptance.computed.shops import Shop
from tests.emulator import Emulator, Zendesk

TO_MARKETING = {
    "firstName": "Ana",
    "name": "Ana Sol",
    "orders_number": 3,
    "spent": 11.2,
    "weight": 0.6000000000000001,
    "average_total": 6.1000000000000005,
    "average_weight": 0.20000000000000004,
    "first_order_at": "2026-03-02 22:30:00 +00:00",
    "last_sent_at": "2026-03-04 22:30:00 +00:00",
    "last_product": "P3",
    "last_is_gift": False,
    "company_plan": "team",
    "company_since": "2020-02-29 00:00:00 +00:00",
    "per_order": 3.73,
    "points": 16,
    "born_in": 1990,
    "initials": "AS",
    "waited": 13073,
    "tier": "silver",
}
"""Customer 4: three orders of 5.10, 6.10 and 7.10, the first two of them paid."""
TO_SUPPORT = {
    **{name: value for name, value in TO_MARKETING.items() if name != "firstName"},
    "first_order_at": "2026-03-02T22:30:00Z",
    "last_sent_at": "2026-03-04T22:30:00Z",
    "company_since": "2020-02-29T00:00:00+00:00",
}
BEST = (38, 39, 41, 42, 44, 45, 47, 48, 49, 50)
"""The ten who spent most, but for those of the company with plan `team` who spent less than 100."""


def report(project: Project, *arguments: str) -> Any:
    result = project.run(*arguments, "--json")
    assert result.code == 0, result.out + result.err
    return result.json


def planned(run: Any) -> dict[str, int]:
    """What a run planned, but for what it planned none of."""
    return {name: count for name, count in run["planned"].items() if count}


@pytest.mark.parametrize("activation", ["to_marketing", "to_support"])
def test_first_run_nothing_changed_and_related_rows_that_change(
    activation: str, project: Project, shop: Shop, services: tuple[Zendesk, Emulator]
) -> None:
    first = report(project, "run", activation)
    assert planned(first) == {"create": 50}
    assert first["outcomes"]["delivered"] == 50
    found = sent_to(activation, services, "user4@example.com")
    expected = TO_MARKETING if activation == "to_marketing" else TO_SUPPORT
    assert {name: found.get(name) for name in expected} == expected

    # What floats is added up in the order of the numbers, wherever the rows are.
    shop.run(
        "CREATE TABLE moved AS SELECT * FROM orders ORDER BY order_id DESC",
        "DELETE FROM orders",
        "INSERT INTO orders SELECT * FROM moved ORDER BY order_id DESC",
        "DROP TABLE moved",
    )
    again = report(project, "run", activation)
    assert planned(again) == {"unchanged": 50}
    assert again["requests"]["write"] == 0

    shop.run(
        """INSERT INTO orders VALUES (1, 4, 0, NULL, 'Gift', true, 'open', '2026-04-01', '2026-03-04 22:30:00+00')""",
        "UPDATE companies SET plan = 'pro' WHERE company_id = 2",
    )
    changed = report(project, "run", activation)
    with_company = [number for number in range(1, 51) if number % 3 == 2]
    assert planned(changed) == {"update": 1 + len(with_company), "unchanged": 49 - len(with_company)}
    assert changed["changes"] == {
        "company_plan": len(with_company),
        **dict.fromkeys(("orders_number", "average_total", "last_product", "last_is_gift", "per_order"), 1),
    }
    after = sent_to(activation, services, "user4@example.com")
    assert (after["orders_number"], after["last_product"], after["last_is_gift"]) == (4, "Gift", True)
    assert (after["average_total"], after["per_order"]) == (4.575, 2.8)


def sent_to(activation: str, services: tuple[Zendesk, Emulator], email: str) -> dict[str, Any]:
    """The attributes of a user; numbers as numbers, whichever way they are given."""
    zendesk, iterable = services
    if activation != "to_support":
        found: dict[str, Any] = iterable.users()[email]
        return found
    (user,) = (each for each in zendesk.users() if each["email"] == email)
    return {"name": user["name"], **user["user_fields"]}


def test_what_would_be_sent_is_shown_before_and_told_after(project: Project, shop: Shop) -> None:
    check = project.run("check")
    assert check.code == 0, check.out + check.err
    assert "model customers: 25 fields" in check.out
    before = report(project, "plan", "to_marketing")
    assert before["planned"]["create"] == 50
    report(project, "run", "to_marketing")
    shop.run("UPDATE orders SET total = 500 WHERE order_id = 41")
    plan = project.run("plan", "to_marketing")
    assert plan.code == 0
    for change in (
        "spent: 11.2 → 506.1\n",
        "tier: silver → gold\n",
        "per_order: 3.73 → 168.7\n",
        "points: 16 → 759\n",
    ):
        assert change in plan.out, plan.out
    report(project, "run", "to_marketing")
    history = project.run("history", "to_marketing", "user4@example.com")
    assert history.code == 0
    assert "spent: 11.2 → 506.1" in history.out, history.out


def test_what_is_asked_of_a_segment(project: Project, shop: Shop) -> None:
    assert report(project, "segment", "buyers", "--count")["members"] == 50
    sample = report(project, "segment", "buyers", "--sample", "4")
    (row,) = (each for each in sample["sample"] if each["id"] == "4")
    assert row["address"] == "user4@example.com"
    assert (row["spent"], row["tier"], row["weight"]) == ("11.20", "silver", "0.6000000000000001")
    sql = report(project, "segment", "best", "--sql")["sql"]
    assert sorted(shop.rows(f"SELECT id FROM ({sql}) AS members")) == [(number,) for number in BEST]


def test_a_whole_model_and_the_top_of_it(project: Project, shop: Shop, services: tuple[Zendesk, Emulator]) -> None:
    assert planned(report(project, "run", "whole_model")) == {"create": 60}
    assert sent_to("whole_model", services, "user60@example.com")["points"] == 0
    assert planned(report(project, "run", "whole_model")) == {"unchanged": 60}
    assert planned(report(project, "plan", "best_to_marketing"))["create"] == 10


def test_a_plan_is_refused_once_a_computed_field_is_defined_otherwise(project: Project, shop: Shop) -> None:
    report(project, "run", "to_marketing")
    shop.run("UPDATE orders SET total = 500 WHERE order_id = 41")
    report(project, "plan", "to_marketing", "--out", "made.plan")
    project.change("at_least: 100", "at_least: 400")
    refused = project.run("run", "to_marketing", "--plan", "made.plan")
    assert refused.code == 2
    assert (
        "is out of date: the definition of the model's computed fields and relations is another one now"
        in refused.err
    )
    project.change("at_least: 400", "at_least: 100")
    report(project, "run", "to_marketing", "--plan", "made.plan")
