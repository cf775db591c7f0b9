"""The same small shop in a DuckDB file and in PostgreSQL, and a project that sends what is computed of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from tests.postgres import Database

YAML = """
settings: {{timezone: Europe/Paris}}
sources: [{source}]
models:
  - name: customers
    source: shop
    table: customers
    kind: users
    primary_key: id
    relations:
      - {{name: orders, model: orders, many: true, on: {{id: customer_id}}}}
      - {{name: company, model: companies, on: {{company_id: company_id}}}}
    computed:
      - {{name: address, formula: "lower(trim(mail)) & '@example.com'"}}
      - {{name: orders_number, aggregate: {{related: orders, count: true}}}}
      - {{name: spent, aggregate: {{related: orders, sum: total, where: {{field: status, is: paid}}}}}}
      - {{name: weight, aggregate: {{related: orders, sum: weight}}}}
      - {{name: average_total, aggregate: {{related: orders, average: total}}}}
      - {{name: average_weight, aggregate: {{related: orders, average: weight}}}}
      - {{name: first_order_at, aggregate: {{related: orders, minimum: ordered_at}}}}
      - {{name: last_sent_at, aggregate: {{related: orders, maximum: sent_at}}}}
      - {{name: last_product, aggregate: {{related: orders, most_recent: product}}}}
      - {{name: last_is_gift, aggregate: {{related: orders, most_recent: gift}}}}
      - {{name: company_plan, lifted: {{related: company, field: plan}}}}
      - {{name: company_since, lifted: {{related: company, field: since}}}}
      - {{name: per_order, formula: "round(spent / orders_number, 2)"}}
      - {{name: points, formula: "floor(spent * 1.5)"}}
      - {{name: born_in, formula: year(born)}}
      - {{name: initials, formula: "upper(left(first, 1) & left(last, 1))"}}
      - {{name: full_name, formula: "join(' ', first, last)"}}
      - {{name: waited, formula: "days_between(born, first_order_at)"}}
      - name: tier
        label:
          cases:
            - {{is: gold, where: {{field: spent, at_least: 100}}}}
            - {{is: silver, where: {{field: company_plan, is: team}}}}
          otherwise: bronze
  - {{name: orders, source: shop, table: orders, kind: events, time: ordered_at, primary_key: order_id}}
  - {{name: companies, source: shop, table: companies, primary_key: company_id}}
segments:
  - {{name: buyers, model: customers, where: {{field: orders_number, at_least: 1}}}}
  - {{name: best, model: customers, where: {{field: tier, is_not: silver}}, top: {{number: 10, by: spent}}}}
destinations:
  - {{name: marketing, type: iterable, base_url: "{iterable}", api_key: "${{ITERABLE_API_KEY}}"}}
  - {{name: support, type: zendesk, base_url: "{zendesk}", auth: {{type: oauth, token: "${{ZENDESK_TOKEN}}"}}}}
activations:
  - name: to_marketing
    segment: buyers
    destination: marketing
    service: users
    match: {{email: address}}
    fields: {{firstName: first, name: full_name}}
    custom_attributes: {custom}
  - name: to_support
    segment: buyers
    destination: support
    service: users
    match: {{email: address}}
    fields: {{name: full_name}}
    custom_attributes: {custom}
  - name: whole_model
    model: customers
    destination: marketing
    service: users
    match: {{email: address}}
    fields: {{points: points, tier: tier}}
  - name: best_to_marketing
    segment: best
    destination: marketing
    service: users
    match: {{email: address}}
    fields: {{tier: tier}}
"""
CUSTOM = (
    "orders_number",
    "spent",
    "weight",
    "average_total",
    "average_weight",
    "first_order_at",
    "last_sent_at",
    "last_product",
    "last_is_gift",
    "company_plan",
    "company_since",
    "per_order",
    "points",
    "born_in",
    "initials",
    "waited",
    "tier",
)
SHOP = (
    "CREATE TABLE companies (company_id int, plan varchar, since date)",
    "INSERT INTO companies VALUES (1, 'team', '2020-02-29'), (2, 'free', NULL)",
    "CREATE TABLE customers (id bigint, mail varchar, first varchar, last varchar, born date, company_id int)",
    """INSERT INTO customers SELECT g, ' USER' || g || ' ', 'Ana', CASE WHEN g % 2 = 0 THEN 'Sol' END, '1990-05-17',
    g % 3 FROM generate_series(1, 60) AS s(g)""",
    """CREATE TABLE orders (order_id bigint, customer_id bigint, total decimal(8, 2), weight double precision,
    product varchar, gift boolean, status varchar, ordered_at timestamp, sent_at timestamp with time zone)""",
    """INSERT INTO orders SELECT g * 10 + n, g, g + n + 0.10, n / 10.0, 'P' || n, n = 2,
    CASE WHEN n < 3 THEN 'paid' ELSE 'open' END, CAST('2026-03-01 23:30:00' AS timestamp) + n * INTERVAL '1 day',
    CAST('2026-03-01 22:30:00+00' AS timestamp with time zone) + n * INTERVAL '1 day'
    FROM generate_series(1, 50) AS s(g), generate_series(1, 3) AS o(n)""",
)
"""Customers 1 to 50 have three orders each, of which two are paid; 51 to 60 have none."""


class Shop(Protocol):
    """A source of the shop; `source` is its entry in the project file, `env` what that needs."""

    source: str
    env: dict[str, str]

    def run(self, *statements: str) -> None:
        """Run statements that both kinds of source understand."""

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query."""


@dataclass(kw_only=True)
class InDuckDb:
    path: Path
    source: str
    env: dict[str, str]

    def run(self, *statements: str) -> None:
        with duckdb.connect(self.path) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(self.path) as connection:
            return connection.execute(query).fetchall()


@dataclass(kw_only=True)
class InPostgres:
    database: Database
    source: str
    env: dict[str, str]

    def run(self, *statements: str) -> None:
        self.database.run(*statements)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.database.rows(query)


def in_duckdb(folder: Path) -> Shop:
    source = "{name: shop, type: duckdb, path: shop.duckdb}"
    return InDuckDb(path=folder / "shop.duckdb", source=source, env={})


def in_postgres(database: Database) -> Shop:
    source = '{name: shop, type: postgres, url: "${SHOP_URL}"}'
    return InPostgres(database=database, source=source, env={"SHOP_URL": database.url()})
