"""From a PostgreSQL database to both destinations: a segment about related rows, run first, again, after changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.cli.project import Project
from tests.emulator import Emulator, Zendesk, running_both
from tests.postgres import PASSWORD, Database

YAML = """
sources: [{{name: shop, type: postgres, url: "${{SHOP_URL}}"}}]
models:
  - name: customers
    source: shop
    table: customers
    kind: users
    primary_key: id
    relations:
      - {{name: orders, model: orders, many: true, on: {{id: customer_id}}}}
      - name: tags
        model: tags
        many: true
        through: {{table: customer_tags, on: {{id: customer_id}}, to: {{tag_id: tag_id}}}}
  - {{name: orders, source: shop, table: sales.orders, kind: events, time: ordered_at, primary_key: order_id}}
  - {{name: tags, source: shop, sql: "SELECT tag_id, word FROM tags", primary_key: tag_id}}
segments:
  - name: loyal
    model: customers
    where:
      all:
        - {{field: plan, is_any_of: [PRO, team]}}
        - {{related: orders, count: {{at_least: 2}}, where: {{field: total, greater_than: 10}}}}
        - {{related: tags, have: none, where: {{field: word, is: blocked}}}}
destinations:
  - {{name: marketing, type: iterable, base_url: "{iterable}", api_key: "${{ITERABLE_API_KEY}}"}}
  - {{name: support, type: zendesk, base_url: "{zendesk}", auth: {{type: oauth, token: "${{ZENDESK_TOKEN}}"}}}}
activations:
  - name: to_marketing
    segment: loyal
    destination: marketing
    service: users
    match: {{email: email}}
    fields: {{firstName: name}}
    custom_attributes: [plan, spent, since, tags]
  - name: to_support
    segment: loyal
    destination: support
    service: users
    match: {{email: email}}
    fields: {{name: name}}
    custom_attributes: [plan, spent]
"""
CUSTOMERS = """
CREATE TABLE customers (id uuid PRIMARY KEY, email varchar(80), name text, plan plan, spent numeric(10, 2),
since timestamptz, tags text[], notes bytea)
"""
PEOPLE = """
INSERT INTO customers SELECT ('00000000-0000-0000-0000-' || lpad(g::text, 12, '0'))::uuid, 'p' || g || '@example.com',
'Person ' || g, (ARRAY['free', 'pro', 'team'])[g % 3 + 1]::plan, g + 0.10, '2026-01-02 03:04:05+01', ARRAY['a', 'b'],
'\\xff' FROM generate_series(1, 60) AS g
"""
ORDERS = """
INSERT INTO sales.orders SELECT row_number() OVER (), id, 5 + n * 4, '2026-03-01'
FROM customers, generate_series(1, 4) AS n WHERE spent > 11
"""
SHOP = (
    "CREATE SCHEMA sales",
    "CREATE TYPE plan AS ENUM ('free', 'pro', 'team')",
    CUSTOMERS,
    "CREATE TABLE sales.orders (order_id bigint PRIMARY KEY, customer_id uuid, total numeric(8, 2), ordered_at date)",
    "CREATE TABLE tags (tag_id int PRIMARY KEY, word text)",
    "CREATE TABLE customer_tags (customer_id uuid, tag_id int)",
    PEOPLE,
    ORDERS,
    "INSERT INTO tags VALUES (1, 'blocked'), (2, 'vip')",
    "INSERT INTO customer_tags SELECT id, 1 + (spent < 55)::int FROM customers WHERE spent > 50",
)
"""Loyal are customers 11 to 54 whose number is no multiple of three: 29 of 60."""
LOYAL = [number for number in range(11, 55) if number % 3]


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Zendesk, Emulator]]:
    with running_both("--speed", "20", "--set", "iterable.visibility_seconds=0") as both:
        yield both


@pytest.fixture
def project(services: tuple[Zendesk, Emulator], database: Database, tmp_path: Path) -> Project:
    zendesk, iterable = services
    zendesk.reset()
    iterable.reset()
    database.run(*SHOP)
    made = Project(folder=tmp_path, url=iterable.url, env={"SHOP_URL": database.url(), "ZENDESK_TOKEN": "token"})
    made.yaml(YAML.format(iterable=iterable.url, zendesk=zendesk.url))
    return made


def report(project: Project, *arguments: str) -> Any:
    result = project.run(*arguments, "--json")
    assert result.code == 0, result.err
    assert PASSWORD not in result.out + result.err
    return result.json


@pytest.mark.parametrize("activation", ["to_marketing", "to_support"])
def test_first_run_nothing_changed_and_a_few_changes(
    activation: str, project: Project, database: Database, services: tuple[Zendesk, Emulator]
) -> None:
    first = report(project, "run", activation)
    assert planned(first) == {"create": 29}
    assert first["outcomes"]["delivered"] == 29
    assert sent_to(activation, services) == {f"p{n}@example.com": (f"Person {n}", n + 0.1) for n in LOYAL}

    again = report(project, "run", activation)
    assert planned(again) == {"unchanged": 29}
    assert again["requests"]["write"] == 0

    database.run(
        "UPDATE customers SET spent = 99.99 WHERE email = 'p11@example.com'",
        "UPDATE customers SET plan = 'team' WHERE email = 'p12@example.com'",
        "DELETE FROM sales.orders USING customers WHERE customer_id = id AND email = 'p13@example.com'",
    )
    changed = report(project, "run", activation)
    assert planned(changed) == {"create": 1, "update": 1, "unchanged": 27, "left": 1}
    assert changed["outcomes"]["delivered"] == 2
    found = sent_to(activation, services)
    assert found["p11@example.com"] == ("Person 11", 99.99)
    assert len(found) == 30, "who leaves is kept"


def planned(run: Any) -> dict[str, int]:
    """What a run planned, but for what it planned none of."""
    return {name: count for name, count in run["planned"].items() if count}


def sent_to(activation: str, services: tuple[Zendesk, Emulator]) -> dict[str, tuple[str, float]]:
    """Name and what was spent, of the destination's users by their address."""
    zendesk, iterable = services
    if activation == "to_marketing":
        return {email: (user["firstName"], user["spent"]) for email, user in iterable.users().items()}
    users = [user for user in zendesk.users() if user["user_fields"].get("spent") is not None]
    return {user["email"]: (user["name"], float(user["user_fields"]["spent"])) for user in users}


def test_what_is_asked_of_a_segment(project: Project, database: Database) -> None:
    assert report(project, "segment", "loyal", "--count")["members"] == 29
    sample = report(project, "segment", "loyal", "--sample", "2")
    assert "p11@example.com" in str(sample)
    assert "\\xff" in str(sample)
    sql = report(project, "segment", "loyal", "--sql")["sql"]
    assert database.rows(f"SELECT count(*) FROM ({sql}) AS members") == [(29,)]
    plan = report(project, "plan", "to_marketing")
    assert plan["planned"]["create"] == 29
    check = project.run("check")
    assert check.code == 0, check.out + check.err
    assert "model customers: 8 fields" in check.out


def test_a_database_that_cannot_be_reached(project: Project, database: Database) -> None:
    for arguments in (("segment", "loyal"), ("plan", "to_marketing"), ("run", "to_support"), ("check",)):
        for variable, code in ((database.url(password="secret"), 3), ("", 2), ("postgresql://u:/secret@h/x", 2)):
            project.env["SHOP_URL"] = variable
            result = project.run(*arguments)
            assert result.code == code, result
            said = result.out + result.err
            assert "ource `shop`" in said
            assert "secret" not in said
    project.env["SHOP_URL"] = ""
    assert project.run("runs").code == 0
