"""Names that engines cut, fold or quote: nothing is mixed up, and what cannot be a column is refused."""

from __future__ import annotations

import pytest

from tests.acceptance.cli.project import Project
from tests.acceptance.computed.shops import Shop

LONG = "the_orders_of_everybody_who_ever_bought_anything_from_us_by_"
"""60 characters; PostgreSQL cuts names after 63 bytes."""
QUOTED = """it's "50%" of a.b; -- é 😀"""
YAML = """
sources: [SOURCE]
models:
  - name: customers
    source: shop
    table: customers
    primary_key: id
    relations:
      - {name: LONG_post, model: LONG_post, many: true, on: {id: customer_id}}
      - {name: LONG_shop, model: LONG_shop, many: true, on: {id: customer_id}}
      - {name: small, model: orders, many: true, on: {id: customer_id}}
      - {name: large, model: Orders, many: true, on: {id: customer_id}}
    computed:
      - {name: LONG_a_1, aggregate: {related: LONG_post, sum: total}}
      - {name: LONG_a_2, aggregate: {related: LONG_shop, sum: total}}
      - {name: small_number, aggregate: {related: small, count: true}}
      - {name: large_number, aggregate: {related: large, count: true}}
      - {name: 'QUOTED', formula: "first & '{'"}
  - {name: LONG_post, source: shop, sql: "SELECT * FROM orders WHERE order_id % 10 = 1", primary_key: order_id}
  - {name: LONG_shop, source: shop, sql: "SELECT * FROM orders WHERE order_id % 10 = 2", primary_key: order_id}
  - {name: orders, source: shop, sql: "SELECT * FROM orders WHERE order_id % 10 = 1", primary_key: order_id}
  - {name: Orders, source: shop, table: orders, primary_key: order_id}
segments:
  - name: asked
    model: customers
    where:
      all:
        - {related: LONG_post, where: {field: total, less_than: 6}}
        - {related: LONG_shop, where: {field: total, greater_than: 6}}
        - {field: LONG_a_1, less_than: 6}
"""


def test_names_that_are_alike_in_their_first_60_characters(project: Project, shop: Shop) -> None:
    project.yaml(
        YAML.replace("SOURCE", shop.source).replace("LONG_", LONG).replace("QUOTED", QUOTED.replace("'", "''"))
    )
    sample = project.run("segment", "asked", "--sample", "9", "--json")
    assert sample.code == 0, sample.out + sample.err
    (row,) = sample.json["sample"]
    computed = list(row.values())[6:]
    assert computed == ["5.10", "6.10", "1", "3", "Ana{"]
    assert list(row)[-1] == QUOTED
    assert project.run("segment", "asked", "--count", "--json").json["members"] == 1
    sql = project.run("segment", "asked", "--sql", "--json").json["sql"]
    assert shop.rows(f"SELECT id FROM ({sql}) AS members") == [(4,)]


@pytest.mark.parametrize("shop", ["duckdb"], indirect=True)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"{'ü' * 32}", "cannot be the name of a column"),
        (f"{'x' * 64}", "cannot be the name of a column"),
        ('"two\\nlines"', "cannot be the name of a column"),
        ('"nothing\\0"', "a character that text cannot contain"),
        ("' blank'", "cannot be the name of a column"),
        ("Mail", "another field called `mail`"),
        ("SPENT", "another field called `SPENT`"),
    ],
)
def test_what_cannot_be_a_column_is_refused(name: str, said: str, project: Project) -> None:
    project.change("- {name: orders_number,", f"- {{name: {name}, formula: id}}\n      - {{name: orders_number,")
    checked = project.run("check")
    assert checked.code == 2
    assert said in checked.out + checked.err, checked.out + checked.err
