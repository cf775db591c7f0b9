"""Computed fields in plain English, those that a segment leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.catalog.loading import load_catalog
from penstock.segments.field_phrases import computed_phrases

PROJECT = """
sources: [{name: shop, type: duckdb, path: shop.duckdb}]
models:
  - name: customers
    source: shop
    table: customers
    primary_key: id
    relations:
      - {name: orders, model: orders, many: true, on: {id: customer_id}}
      - {name: company, model: companies, on: {company_id: id}}
    computed:
      - {name: orders_number, aggregate: {related: orders, count: true}}
      - {name: spent, aggregate: {related: orders, sum: total, where: {field: status, is: paid}}}
      - {name: lately, aggregate: {related: orders, average: total, within: {field: ordered_at, last: 90 days}}}
      - {name: last_product, aggregate: {related: orders.lines, most_recent: product}}
      - {name: owner, lifted: {related: company.owner, field: full_name}}
      - {name: per_order, formula: spent / orders_number}
      - {name: full_name, formula: "join(' ', first_name, last_name)"}
      - name: tier
        label: {cases: [{is: gold, where: {field: per_order, at_least: 100}}], otherwise: bronze}
      - {name: active, label: {cases: [{is: 'yes', where: {segment: busy}}]}}
  - {name: companies, source: shop, table: companies, primary_key: id,
     relations: [{name: owner, model: customers, on: {owner_id: id}}]}
  - {name: orders, source: shop, table: orders, primary_key: id,
     relations: [{name: lines, model: lines, many: true, on: {id: order_id}}],
     computed: [{name: size, aggregate: {related: lines, count: true}}]}
  - {name: lines, source: shop, table: lines, primary_key: id, time: at}
segments:
  - {name: busy, model: customers, where: {field: lately, greater_than: 1}}
  - {name: plain, model: customers, where: {field: city, is: Paris}}
"""


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("where: {field: city, is: Paris}", {}),
        ("where: {field: orders_number, is: 1}", {"orders_number": "number of all orders"}),
        (
            "where: {not: {field: tier, is: gold}}",
            {
                "tier": "gold for customers whose per order is at least 100; else bronze",
                "per_order": "spent / orders_number",
                "spent": "sum of total of orders whose status is paid",
                "orders_number": "number of all orders",
            },
        ),
        (
            "where: {field: active, is: 'yes'}",
            {
                "active": "yes for customers who are in the segment busy; else nothing",
                "lately": "average of total of orders that were ordered in the last 90 days",
            },
        ),
        ("top: {number: 3, by: last_product}", {"last_product": "product of the most recent of all lines of orders"}),
        (
            "where: {field: owner, is_known: true}",
            {"owner": "full name of company's owner", "full_name": "join(' ', first_name, last_name)"},
        ),
        ("where: {related: orders, sum: {of: size, at_least: 2}}", {"orders.size": "number of all lines"}),
    ],
)
def test_what_a_segment_leads_to(segment: str, expected: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "penstock.yaml").write_text(f"{PROJECT}  - {{name: asked, model: customers, {segment}}}\n")
    catalog, _ = load_catalog(tmp_path, destination_types={}, environment={})
    assert computed_phrases(catalog.segments["asked"], catalog) == expected
