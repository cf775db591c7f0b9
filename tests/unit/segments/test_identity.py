"""What a plan rests on: a segment is another one as soon as anything that it says is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from penstock.catalog.conditions import Comparison, Condition, Not, Operator, Sql
from penstock.catalog.entities import Catalog, Segment
from penstock.catalog.loading import load_catalog
from penstock.errors import Location
from penstock.segments.identity import identity_of

PROJECT = """
sources: [{name: shop, type: duckdb, path: shop.duckdb}]
models:
  - name: people
    source: shop
    table: people
    primary_key: id
    relations: [{name: orders, model: orders, many: true, on: {id: person}}]
    computed:
      - {name: lines, aggregate: {related: orders, sum: lines, where: {field: paid, is: true}}}
      - {name: tier, label: {cases: [{is: gold, where: {segment: rich}}], otherwise: silver}}
      - {name: doubled, formula: total * 2}
  - {name: orders, source: shop, sql: SELECT * FROM orders, primary_key: id}
segments:
  - {name: chosen, model: people, where: {all: [{related: orders, where: {field: total, is: 1}}, {segment: other}]}}
  - {name: rich, model: people, where: {field: total, at_least: 1000}}
  - {name: other, model: people, where: {field: plan, is_any_of: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o]}}
"""


@pytest.fixture
def identity(tmp_path: Path) -> Callable[[str], str]:
    def found(project: str) -> str:
        (tmp_path / "penstock.yaml").write_text(project)
        catalog, _ = load_catalog(tmp_path, destination_types={}, environment={})
        return identity_of(catalog.models["people"], catalog.segments["chosen"], catalog)

    return found


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("is: 1", "is: 2"),
        ("is: 1", 'is: "1"'),
        ("is: 1", "is_not: 1"),
        ("l, m, n, o", "l, m, n, p"),  # a sentence says `and 4 others`
        ("{id: person}", "{id: referrer}"),
        ("FROM orders", "FROM orders WHERE paid"),
        ("{segment: other}", "{not: {segment: other}}"),
        ("sum: lines", "maximum: lines"),
        ("{field: paid, is: true}", "{field: paid, is: false}"),
        ("otherwise: silver", "otherwise: bronze"),
        ("at_least: 1000", "at_least: 999"),
        ("total * 2", "total * 3"),
    ],
)
def test_anything_it_says_counts(before: str, now: str, identity: Callable[[str], str]) -> None:
    assert before in PROJECT
    assert identity(PROJECT.replace(before, now)) != identity(PROJECT)


def test_its_place_in_the_file_does_not(identity: Callable[[str], str]) -> None:
    assert identity(PROJECT.replace("segments:", "# a remark\n\nsegments:")) == identity(PROJECT)


def test_long_sql_counts_to_its_end_and_depth_costs_no_stack(tmp_path: Path) -> None:
    (tmp_path / "penstock.yaml").write_text(PROJECT)
    catalog, _ = load_catalog(tmp_path, destination_types={}, environment={})
    here = Location(file=Path("penstock.yaml"), line=1)

    def of(where: Condition) -> str:
        segment: Segment = replace(catalog.segments["other"], where=where)
        changed: Catalog = replace(catalog, segments={**catalog.segments, "other": segment})
        return identity_of(changed.models["people"], segment, changed)

    assert of(Sql(sql="plan = 'a'" + " " * 100 + "OR true", location=here)) != of(
        Sql(sql="plan = 'a'" + " " * 100, location=here)
    )
    deep: Condition = Comparison(field="plan", operator=Operator.IS_KNOWN, location=here)
    for _ in range(5_000):
        deep = Not(condition=deep)
    assert of(deep) != of(Not(condition=deep))
