"""What is said of computed fields that cannot be computed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from penstock.catalog.loading import load_catalog
from penstock.errors import ConfigurationError, Problem
from penstock.segments.query import computed_fields
from penstock.segments.schema import ModelShape, Schema
from tests.unit.segments.shop import fields_of

PROJECT = """
sources: [{name: shop, type: duckdb, path: shop.duckdb}]
segments:
  - {name: tagged, model: customers, where: {field: known_twice, is_known: true}}
models:
  - {name: orders, source: shop, table: orders, primary_key: id, time: ordered_at}
  - {name: visits, source: shop, table: visits, primary_key: id}
  - name: customers
    source: shop
    table: customers
    primary_key: id
    relations:
      - {name: orders, model: orders, many: true, on: {number: customer}}
      - {name: visits, model: visits, many: true, on: {number: customer}}
      - {name: referrer, model: customers, on: {referred_by: id}}
    computed:
"""


def problems(folder: Path, *computed: str) -> tuple[Problem, ...]:
    """All that is wrong with a model that has these computed fields."""
    lines = "".join(f"      - {each}\n" for each in computed)
    (folder / "penstock.yaml").write_text(PROJECT + lines, encoding="utf-8")
    catalog, _ = load_catalog(folder, destination_types={}, environment={})
    shapes = {
        name: ModelShape(model=model, fields=fields_of(name), relation=exp.to_table(name))
        for name, model in catalog.models.items()
    }
    schema = Schema(models=shapes, segments=catalog.segments)
    return computed_fields(catalog.models["customers"], schema=schema, dialect="duckdb")[1]


@pytest.mark.parametrize(
    ("computed", "code", "said"),
    [
        ("{name: x, aggregate: {related: ordres, count: true}}", "unknown_relation", "has no relation `ordres`"),
        ("{name: x, aggregate: {related: orders, sum: totl}}", "unknown_field", "model `orders` has no field `totl`"),
        ("{name: x, aggregate: {related: orders, sum: status}}", "figure_not_available", "no sum of `status`"),
        ("{name: x, aggregate: {related: orders, minimum: status}}", "figure_not_available", "no minimum of"),
        ("{name: x, aggregate: {related: visits, most_recent: page}}", "no_time", "does not say when its rows"),
        ("{name: x, aggregate: {related: orders, most_recent: x}}", "unknown_field", "has no field `x`"),
        (
            "{name: x, aggregate: {related: orders, count: true, where: {field: totl, is: 1}}}",
            "unknown_field",
            "no field `totl`",
        ),
        ("{name: x, lifted: {related: orders, field: total}}", "not_to_one", "relation `orders` can lead to several"),
        ("{name: x, lifted: {related: referrer.visits, field: page}}", "not_to_one", "relation `visits` can lead"),
        ("{name: x, lifted: {related: referrer, field: nam}}", "unknown_field", "has no field `nam`"),
        ("{name: x, formula: nam}", "bad_formula", "`nam` is not a field"),
        ("{name: x, formula: rond(number)}", "bad_formula", "there is no function `rond`"),
        ("{name: x, formula: 'round(number, 1, 2)'}", "bad_formula", "`round` is not given what it takes"),
        ("{name: x, formula: 'round(number, number)'}", "bad_formula", "`round` takes a whole number from 0 to 12"),
        ("{name: x, formula: 'round(number, 13)'}", "bad_formula", "`round` takes a whole number from 0 to 12"),
        ("{name: x, formula: name + 1}", "bad_formula", "`+` takes numbers, and here it is given text"),
        ("{name: x, formula: name & score}", "bad_formula", "`&` takes text, and here it is given float"),
        ("{name: x, formula: 'join(name, shop)'}", "bad_formula", "`join` takes a text in quotes first"),
        ("{name: x, formula: 'first_known(name, number)'}", "bad_formula", "`first_known` takes values of one type"),
        ("{name: x, formula: 'days_between(name, today())'}", "bad_formula", "`days_between` takes dates or times"),
        ("{name: x, formula: x + 1}", "computed_cycle", "customers.x → customers.x"),
        ("{name: name, formula: upper(shop)}", "duplicate_name", "another field called `name`"),
        (
            "{name: known_twice, label: {cases: [{is: a, where: {segment: tagged}}]}}",
            "computed_cycle",
            "customers.known_twice → tagged → customers.known_twice",
        ),
        (
            "{name: x, lifted: {related: referrer, field: x}}",
            "computed_cycle",
            "customers.x → customers.x",
        ),
    ],
)
def test_what_is_wrong_is_said_once_with_its_place(tmp_path: Path, computed: str, code: str, said: str) -> None:
    (found,) = problems(tmp_path, computed)
    assert found.code == code
    assert said in found.message
    assert found.message.startswith("Model `customers`: ")
    assert found.fix
    assert found.location is not None
    assert found.location.line == 17


def test_a_longer_circle_is_told_from_its_beginning(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "{name: a, formula: b + 1}",
        "{name: b, aggregate: {related: orders, count: true, where: {field: total, at_least: 1}}}",
        "{name: c, label: {cases: [{is: x, where: {field: d, is: 1}}]}}",
        "{name: d, formula: length(c)}",
    )
    assert [problem.code for problem in found] == ["computed_cycle", "computed_cycle"]
    assert "customers.c → customers.d → customers.c" in found[0].message


def test_what_is_too_deep_to_be_written_is_refused(tmp_path: Path) -> None:
    longer = " & name" * 90
    (found,) = problems(tmp_path, f"{{name: f0, formula: 'name{longer}'}}", f"{{name: f1, formula: 'f0{longer}'}}")
    assert found.code == "too_large"
    assert "Computed field `f1`: it has more than 200 parts within one another" in found.message


def test_what_is_made_of_something_wrong_is_not_told_twice(tmp_path: Path) -> None:
    label = "{name: b, label: {cases: [{is: x, where: {field: a, is: 1}}]}}"
    found = problems(tmp_path, "{name: a, formula: nam}", label)
    assert [problem.code for problem in found] == ["bad_formula"]


def test_two_computed_fields_of_one_name(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "{name: a, formula: number}", "{name: a, formula: number}")
    assert found.code == "duplicate_name"


@pytest.mark.parametrize("depth", [20, 30])
def test_fields_of_fields_of_fields(tmp_path: Path, depth: int) -> None:
    chain = [f"{{name: f{n}, formula: f{n - 1} + 1}}" for n in range(1, depth)]
    found = problems(tmp_path, "{name: f0, formula: number}", *chain)
    assert {problem.code for problem in found} == (set() if depth == 20 else {"too_large"})


def test_fields_that_double_each_other(tmp_path: Path) -> None:
    chain = [f"{{name: f{n}, formula: f{n - 1} + f{n - 1}}}" for n in range(1, 12)]
    found = problems(tmp_path, "{name: f0, formula: number}", *chain)
    assert {problem.code for problem in found} == {"too_large"}
    assert "f9" in found[0].message


def test_aggregates_that_double_each_other(tmp_path: Path) -> None:
    """Each is asked of other rows than the one before, so that no value can be used twice."""
    chain = [_aggregate_twice_of(f"f{n - 1}", f"f{n}") for n in range(1, 30)]
    with pytest.raises(ConfigurationError) as caught:
        problems(tmp_path, "{name: f0, formula: number}", *chain)
    assert [problem.code for problem in caught.value.problems] == ["too_large"]


@pytest.mark.parametrize(
    ("computed", "said"),
    [
        ("{name: x, aggregate: {related: orders, count: true, sum: total}}", "has both `count` and `sum`"),
        ("{name: x, aggregate: {related: orders}}", "has neither `count`"),
        ("{name: x, aggregate: {related: orders, count: false}}", "must be `true`"),
        ("{name: x, aggregate: {related: 'a..b', count: true}}", "`related: a..b` is no path"),
        ("{name: x, aggregate: {related: orders, count: true, within: 3 days}}", "`within` takes a time field"),
        ("{name: x, formula: 'a +'}", "`a +`, is no formula: something is missing at its end"),
        ("{name: x, formula: [a]}", "must be a formula (text)"),
        ("{name: x, label: {cases: [{is: a}]}}", "has no `where`"),
        ("{name: x, formula: a, lifted: {related: referrer, field: name}}", "has both"),
        ("{name: x}", "has neither"),
    ],
)
def test_what_is_written_wrong_is_said(tmp_path: Path, computed: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        problems(tmp_path, computed)
    assert said in caught.value.problems[0].message
    assert "omputed field `x` of model `customers`" in caught.value.problems[0].message


def _aggregate_twice_of(other: str, name: str) -> str:
    asked = f"{{related: referrer, where: {{field: {other}, at_least: 1}}}}"
    where = f"{{all: [{asked}, {{not: {asked}}}]}}"
    return f"{{name: {name}, aggregate: {{related: referrer, count: true, where: {where}}}}}"
