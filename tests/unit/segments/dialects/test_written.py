"""The SQL of every operator on every type, and of every shape of a segment, in every dialect: a file for each.

All of it is parsed again in its own dialect, from where on it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from penstock.catalog.conditions import AllOf, Condition, Sql
from penstock.catalog.entities import Segment, Split, Top
from penstock.errors import ConfigurationError
from penstock.fields import Field, FieldType, Kind
from penstock.segments.dialects.names import DIALECTS
from penstock.segments.dialects.writing import written
from penstock.segments.query import segment_query
from tests.compiling import HERE, condition_of
from tests.docs.segment_tables import asked_of_every_type
from tests.docs.shop import SCHEMA, SEGMENTS

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
HOSTILE = (
    '{field: country, is: "O\'Brien\\\\ "}',
    '{field: country, is_any_of: ["\'; DROP TABLE customers; --", É]}',
    '{field: country, contains: "50%", match_case: true}',
    '{field: country, matches: "5%_[a]\\\\?*", match_case: true}',
    "{field: country, matches: 'a*[b]?'}",
    "{field: country, starts_with: 'é '}",
    "{not: {field: country, is: France}}",
    "{field: orders, is: 1.5}",
    "{field: spent, is_any_of: [1.1, 2]}",
    "{field: spent, less_than: 1.101}",
    "{field: score, is: 0.1}",
    "{field: score, is_none_of: [0.1, 1.5]}",
    "{field: score, between: [0.1, 1e300]}",
    "{field: score, at_most: 1}",
    "{field: ratio, is: 0.1}",
    "{field: visits_of, contains_any: [1, 2]}",
    "{field: visits_of, contains_all: [1, 2]}",
    "{field: last_seen_at, before: '2026-01-31 10:00:00.5'}",
    "{any: [{field: newsletter, is: true}, {not: {field: newsletter, is: true}}, {field: orders, is: 1}]}",
)
SHAPES = (
    "{related: orders}",
    "{related: orders, have: none, where: {field: status, is: paid}}",
    "{related: orders, have: all, where: {field: total, at_least: 9.5}, within: {field: ordered_at, last: 30 days}}",
    "{related: orders, count: {at_least: 2}}",
    "{related: orders, count: {at_most: 2}}",
    "{related: orders, sum: {of: total, at_least: 100}}",
    "{related: orders, average: {of: total, less_than: 10.5}}",
    "{related: orders, minimum: {of: total, between: [1, 2]}}",
    "{related: orders, maximum: {of: ordered_at, more_than_ago: 6 months}}",
    "{related: orders.lines.product, where: {field: name, is: Lamp}}",
    "{related: tags, where: {field: word, is: vip}}",
    "{related: tags, count: {at_least: 2}}",
    "{did: visits, then: {did: orders}, within: 12 hours}",
    "{did: visits, then: {did: orders}, within: 7 days}",
    "{did: visits, then: {did: orders}, within: 2 weeks}",
    "{did: visits, then: {did: orders}, within: 2 months}",
    "{any: [{segment: newsletter_readers}, {related: orders, where: {related: lines}}]}",
    '{sql: "orders > 2 * coalesce(visits, 0)"}',
    "{sql: \"country LIKE 'F%' OR newsletter\"}",
)
LIMITS: dict[str, dict[str, Any]] = {
    "top": {"top": Top(number=3, by="orders", location=HERE)},
    "split": {"split": Split(salt="it's", low=Decimal(20), high=Decimal("40.5"), location=HERE)},
    "hold_out": {"hold_out": Split(salt="never", low=Decimal(0), high=Decimal(5), location=HERE)},
    "top and split": {
        "top": Top(number=3, by="orders", lowest=True, location=HERE),
        "split": Split(salt="spring", low=Decimal(0), high=Decimal(50), location=HERE),
    },
}


TYPES = {
    "spent": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(10,2)"),
    "score": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "ratio": FieldType(kind=Kind.FLOAT, sql="FLOAT"),
    "visits_of": FieldType(
        kind=Kind.LIST, sql="BIGINT[]", members=(("element", FieldType(kind=Kind.INTEGER, sql="BIGINT")),)
    ),
}
CUSTOMERS = SCHEMA.models["customers"]
MORE = {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}
NUMBERS_TOO = replace(
    SCHEMA, models={**SCHEMA.models, "customers": replace(CUSTOMERS, fields={**CUSTOMERS.fields, **MORE})}
)


class SqlFile(SingleFileSnapshotExtension):
    """A snapshot as a file of SQL."""

    file_extension = "sql"
    _write_mode = WriteMode.TEXT


def asked() -> Iterator[tuple[str, Condition, dict[str, Any]]]:
    for text in (*asked_of_every_type(), *HOSTILE, *SHAPES):
        yield text, condition_of(text, SEGMENTS), {}
    for name, limits in LIMITS.items():
        yield name, AllOf(conditions=()), limits


def query_of(condition: Condition, limits: dict[str, Any]) -> exp.Select:
    segment = Segment(name="asked", model="customers", where=condition, location=HERE, **limits)
    return segment_query(segment, schema=NUMBERS_TOO, dialect="duckdb", timezone="Europe/Paris", now=NOW)


def told(query: exp.Select, dialect: str) -> str:
    try:
        return f"{written(query, dialect, pretty=bool(query.find(exp.Subquery)))};"
    except ConfigurationError as error:
        return f"-- refused: {error}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sql(dialect: str, snapshot: SnapshotAssertion) -> None:
    texts = [f"-- {text}\n{told(query_of(condition, limits), dialect)}\n" for text, condition, limits in asked()]
    assert "\n".join(texts) == snapshot(extension_class=SqlFile)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_written_is_read_again(dialect: str) -> None:
    for text, condition, limits in asked():
        sql = told(query_of(condition, limits), dialect)
        if not sql.startswith("-- refused"):
            once = sqlglot.parse_one(sql, read=dialect).sql(dialect=dialect)
            assert sqlglot.parse_one(once, read=dialect).sql(dialect=dialect) == once, text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_tall_or_wide_is_read_again(dialect: str) -> None:
    wide = f"{{all: [{', '.join(['{field: newsletter, is: true}'] * 101)}]}}"
    tall = wide
    for number in range(30):
        tall = f"{{{'any' if number % 2 else 'all'}: [{{field: newsletter, is: false}}, {tall}]}}"
    for text in (wide, tall):
        sql = written(query_of(condition_of(text, SEGMENTS), {}), dialect)
        assert "CASE" in sql
        assert sqlglot.parse_one(sql, read=dialect).sql(dialect=dialect) == sql


def test_conditions_are_no_values_in_sql_server() -> None:
    wide = f"{{all: [{', '.join(['{field: newsletter, is: true}'] * 101)}]}}"
    sql = written(query_of(condition_of(wide, SEGMENTS), {}), "tsql")
    assert sql.endswith("THEN 1 ELSE 0 END = 1")
    tall = wide
    for number in range(30):
        tall = f"{{{'any' if number % 2 else 'all'}: [{{field: newsletter, is: false}}, {tall}]}}"
    nested = written(query_of(condition_of(tall, SEGMENTS), {}), "tsql")
    assert nested.count("CASE") > sql.count("CASE")
    assert not re.search(r"(THEN|ELSE) (\(|TRUE|FALSE|NOT)", sql + nested)


def test_snowflake_keeps_other_names_in_capitals() -> None:
    query = query_of(condition_of("{field: country, is: France}", SEGMENTS), {})
    others = written(query, "snowflake", names_of="duckdb")
    assert others.startswith('SELECT * FROM "CUSTOMERS" WHERE NOT "COUNTRY" IS NULL AND LOWER("COUNTRY") = ')
    assert written(query, "snowflake", names_of="snowflake").startswith('SELECT * FROM "customers"')


def test_what_a_model_gives_as_a_condition_is_a_value_in_sql_server() -> None:
    model = sqlglot.parse_one("SELECT id, total > 5 AS big, 1 AS one FROM orders WHERE paid", read="duckdb")
    assert isinstance(model, exp.Select)
    big = "CAST(CASE WHEN total > 5 THEN 1 WHEN NOT total > 5 THEN 0 END AS BIT) AS big"
    assert written(model, "tsql") == f"SELECT id, {big}, 1 AS one FROM orders WHERE paid = 1"


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        ("newsletter", "([newsletter] = 1)"),
        ("coalesce(newsletter, false)", "(COALESCE([newsletter], 0) = 1)"),
        (
            "coalesce(orders > 1, true)",
            "(COALESCE(CAST(CASE WHEN [orders] > 1 THEN 1 WHEN NOT [orders] > 1 THEN 0 END AS BIT), 1) = 1)",
        ),
        ("case when newsletter then true end", "(CASE WHEN [newsletter] = 1 THEN 1 END = 1)"),
        (
            "case when orders = 1 then newsletter else orders > 2 end",
            "(CASE WHEN [orders] = 1 THEN [newsletter] ELSE CASE WHEN [orders] > 2 THEN 1 ELSE 0 END END = 1)",
        ),
        ("case orders when visits then true else false end", "(CASE [orders] WHEN [visits] THEN 1 ELSE 0 END = 1)"),
    ],
)
def test_an_expression_asks_a_condition_of_sql_server(sql: str, asked: str) -> None:
    written_so = written(query_of(Sql(sql=sql, location=HERE), {}), "tsql")
    assert written_so == f"SELECT * FROM [customers] WHERE CASE WHEN {asked} THEN 1 ELSE 0 END = 1"
