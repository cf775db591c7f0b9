"""Every shape of question about related rows, asked of a shop small enough to answer by hand, through every engine.

Ana has two paid orders and two visits. Bob has one open order and one of which nothing is known, and a visit. Cem has
Ana's number in another shop. Dee has no number, so nothing is hers. Eva has nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from penstock.catalog.conditions import EVERYBODY
from penstock.catalog.entities import Split, Top
from tests.compiling import HERE, condition_of
from tests.unit.segments.engines import Engine
from tests.unit.segments.shop import COLUMNS, MODELS
from tests.unit.segments.test_related_agreement import Shop, segment_of, segments_of

ANA, BOB, CEM, DEE, EVA = range(1, 6)
ALL = [ANA, BOB, CEM, DEE, EVA]


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2024, 1, number, hour)  # noqa: DTZ001  # a time without a zone


def rows(table: str, *values: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [dict(zip(COLUMNS[table], each, strict=True)) for each in values]


TABLES = {
    "customers": rows(
        "customers",
        (ANA, "a", 1, "Ana", None, 1.0),
        (BOB, "a", 2, "Bob", ANA, None),
        (CEM, "b", 1, "", ANA, float("nan")),
        (DEE, "a", None, "Dee", BOB, 3.0),
        (EVA, "a", 3, None, 99, 2.0),
    ),
    "orders": rows(
        "orders",
        (10, "a", 1, Decimal("5.00"), 1.5, day(1), "paid"),
        (11, "a", 1, Decimal("7.50"), None, day(3), "Paid"),
        (12, "a", 2, Decimal("0.00"), 2.0, day(2), "open"),
        (13, "a", 2, None, None, None, None),
        (14, "b", 1, None, 0.5, day(5), ""),
        (15, "a", None, Decimal("100.00"), 9.0, day(1), "paid"),
        (16, "a", 9, Decimal("100.00"), 9.0, day(1), "paid"),
    ),
    "lines": rows(
        "lines", ("A", 10, "p", 1), ("B", 10, "p", 1), ("C", 11, "p", 2), ("D", 12, "q", None), ("E", 99, "p", 7)
    ),
    "products": rows("products", ("p", "Lamp", date(2024, 1, 1)), ("q", None, None)),
    "visits": rows(
        "visits",
        (20, "a", 1, day(1), "/"),
        (21, "a", 1, day(2, 12), "/lamps"),
        (22, "a", 2, day(2), "/"),
        (23, "b", 1, day(6), "/"),
    ),
    "tags": rows("tags", (1, "vip"), (2, "")),
    "customer_tags": rows(
        "customer_tags",
        (ANA, 1, None, None),
        (ANA, 1, None, None),
        (ANA, 2, None, None),
        (BOB, 2, None, None),
        (CEM, 77, None, None),
        (None, 1, None, None),
    ),
}

CASES: list[tuple[str, list[int]]] = [
    # any, none, all
    ("{related: orders}", [ANA, BOB, CEM]),
    ("{not: {related: orders}}", [DEE, EVA]),
    ("{related: orders, have: none}", [DEE, EVA]),
    ("{not: {related: orders, have: none}}", [ANA, BOB, CEM]),
    ("{related: orders, where: {field: status, is: PAID}}", [ANA]),
    ("{related: orders, where: {field: status, is_not: paid}}", [BOB, CEM]),
    ("{related: orders, where: {field: status, is_unknown: true}}", [BOB]),
    ("{related: orders, have: none, where: {field: status, is: open}}", [ANA, CEM, DEE, EVA]),
    ("{related: orders, have: all, where: {field: status, is: paid}}", [ANA]),
    ("{related: orders, have: all, where: {field: total, is_known: true}}", [ANA]),
    ("{related: orders, have: all, where: {field: total, is_unknown: true}}", [CEM]),
    ("{not: {related: orders, have: all, where: {field: total, is_known: true}}}", [BOB, CEM, DEE, EVA]),
    ("{related: orders, have: all, where: {all: []}}", [ANA, BOB, CEM]),
    ("{related: orders, have: all, where: {any: []}}", []),
    ("{related: orders, where: {any: []}}", []),
    ("{related: orders, have: none, where: {any: []}}", ALL),
    # windows
    ("{related: orders, within: {field: ordered_at, after: 2024-01-02}}", [ANA, CEM]),
    ("{related: orders, within: {field: ordered_at, before: 2024-01-02}}", [ANA]),
    ("{related: orders, have: none, within: {field: ordered_at, after: 2024-01-02}}", [BOB, DEE, EVA]),
    (
        "{related: orders, have: all, where: {field: total, is: 7}, within: {field: ordered_at, after: 2024-01-02}}",
        [],
    ),
    (
        "{related: orders, have: all, where: {field: total, is: 5}, within: {field: ordered_at, on: 2024-01-01}}",
        [ANA],
    ),
    (
        "{related: orders, have: all, where: {field: total, is: 0}, within: {field: ordered_at, on: 2024-01-02}}",
        [BOB],
    ),
    ("{related: orders, count: {is: 1}, within: {field: ordered_at, last: 1 day}}", [ANA]),
    # counts, of none as well
    ("{related: orders, count: {is: 2}}", [ANA, BOB]),
    ("{related: orders, count: {at_least: 1}}", [ANA, BOB, CEM]),
    ("{related: orders, count: {at_least: 0}}", ALL),
    ("{related: orders, count: {is: 0}}", [DEE, EVA]),
    ("{related: orders, count: {is_not: 2}}", [CEM, DEE, EVA]),
    ("{related: orders, count: {less_than: 2}}", [CEM, DEE, EVA]),
    ("{related: orders, count: {less_than: 0}}", []),
    ("{related: orders, count: {at_most: 1}}", [CEM, DEE, EVA]),
    ("{related: orders, count: {greater_than: -1}}", ALL),
    ("{related: orders, count: {between: [0, 1]}}", [CEM, DEE, EVA]),
    ("{related: orders, count: {between: [1, 2]}}", [ANA, BOB, CEM]),
    ("{not: {related: orders, count: {is: 0}}}", [ANA, BOB, CEM]),
    ("{related: orders, count: {is: 1}, where: {field: status, is_known: true}}", [BOB, CEM]),
    # sums: of no known value 0
    ("{related: orders, sum: {of: total, is: 12.5}}", [ANA]),
    ("{related: orders, sum: {of: total, is: 0}}", [BOB, CEM, DEE, EVA]),
    ("{related: orders, sum: {of: total, at_most: 5}}", [BOB, CEM, DEE, EVA]),
    ("{related: orders, sum: {of: total, greater_than: 0}}", [ANA]),
    ("{related: orders, sum: {of: total, is_not: 0}}", [ANA]),
    ("{related: orders, sum: {of: weight, greater_than: 1}}", [ANA, BOB]),
    # averages and extremes: nothing holds where there is none
    ("{related: orders, average: {of: total, is: 6.25}}", [ANA]),
    ("{related: orders, average: {of: total, is: 0}}", [BOB]),
    ("{related: orders, average: {of: total, is_not: 0}}", [ANA]),
    ("{not: {related: orders, average: {of: total, is: 0}}}", [ANA, CEM, DEE, EVA]),
    ("{related: orders, average: {of: total, between: [6.24, 6.26]}}", [ANA]),
    ("{related: orders, average: {of: weight, less_than: 1}}", [CEM]),
    ("{related: orders, minimum: {of: total, is_not: 5}}", [BOB]),
    ("{related: orders, minimum: {of: total, is: 5}}", [ANA]),
    ("{related: orders, maximum: {of: total, at_least: 0}}", [ANA, BOB]),
    ("{related: orders, maximum: {of: ordered_at, on: 2024-01-03}}", [ANA]),
    ("{related: orders, minimum: {of: ordered_at, after: 2024-01-01}}", [BOB, CEM]),
    ("{related: referrer, maximum: {of: score, is_not: 7}}", [BOB, CEM]),
    # one related row
    ("{related: referrer}", [BOB, CEM, DEE]),
    ("{related: referrer, where: {field: name, is: ana}}", [BOB, CEM]),
    ("{related: referrer, have: none, where: {field: name, is: ana}}", [ANA, DEE, EVA]),
    ("{related: referrer, have: all, where: {field: name, is_not: ana}}", [DEE]),
    ("{related: referrer.referrer}", [DEE]),
    ("{related: referrer.orders, where: {field: status, is: open}}", [DEE]),
    # several steps: a row that is reached on several ways counts once
    ("{related: orders.lines}", [ANA, BOB]),
    ("{related: orders.lines, count: {is: 3}}", [ANA]),
    ("{related: orders.lines.product}", [ANA, BOB]),
    ("{related: orders.lines.product, count: {is: 1}}", [ANA, BOB]),
    ("{related: orders.lines.product, have: all, where: {field: name, is: lamp}}", [ANA]),
    ("{related: orders.lines.product.lines, count: {is: 4}}", [ANA]),
    ("{related: orders.lines.product.lines, sum: {of: quantity, is: 11}}", [ANA]),
    ("{related: orders.customer, count: {is: 1}}", [ANA, BOB, CEM]),
    ("{related: orders.customer.orders, sum: {of: total, is: 12.5}}", [ANA]),
    ("{related: orders.lines, have: none, where: {field: quantity, is: 1}}", [BOB, CEM, DEE, EVA]),
    # through a table, with pairs that occur twice or lead nowhere
    ("{related: tags}", [ANA, BOB]),
    ("{related: tags, count: {is: 2}}", [ANA]),
    ("{related: tags, sum: {of: id, is: 3}}", [ANA]),
    ("{related: tags, where: {field: word, is_empty: true}}", [ANA, BOB]),
    ("{related: tags, have: all, where: {field: word, is: vip}}", []),
    ("{related: tags, have: none, where: {field: word, is: vip}}", [BOB, CEM, DEE, EVA]),
    # conditions within conditions
    ("{related: orders, where: {related: lines, where: {field: quantity, at_least: 2}}}", [ANA]),
    ("{related: orders, where: {related: lines, have: none}}", [BOB, CEM]),
    ("{related: orders, have: all, where: {related: lines}}", [ANA]),
    ("{related: orders, count: {is: 1}, where: {related: lines, count: {at_least: 2}}}", [ANA]),
    ("{related: orders, where: {not: {related: customer, where: {field: name, is: ana}}}}", [BOB, CEM]),
    ("{any: [{related: orders, have: none}, {all: [{related: tags}, {not: {related: visits}}]}]}", [DEE, EVA]),
    ("{any: [{related: orders, have: none}, {all: [{related: tags}, {related: visits}]}]}", [ANA, BOB, DEE, EVA]),
    ("{not: {any: [{related: orders}, {not: {field: name, is_known: true}}]}}", [DEE]),
    ("{not: {all: [{related: orders}, {related: tags}]}}", [CEM, DEE, EVA]),
    # one thing and another later
    ("{did: visits, then: {did: orders}}", [ANA]),
    ("{did: orders, then: {did: visits}}", [ANA, CEM]),
    ("{not: {did: orders, then: {did: visits}}}", [BOB, DEE, EVA]),
    ("{did: orders, then: {did: visits}, within: 1 day}", [CEM]),
    ("{did: orders, then: {did: visits}, within: 36 hours}", [ANA, CEM]),
    ("{did: orders, then: {did: visits}, within: 35 hours}", [CEM]),
    ("{did: orders, then: {did: orders}, within: 2 days}", [ANA]),
    ("{did: orders, then: {did: orders}, within: 1 day}", []),
    ("{did: visits, where: {field: page, is: /lamps}, then: {did: orders, where: {field: total, is: 7.5}}}", [ANA]),
    ("{did: visits, where: {field: page, is: /lamps}, then: {did: orders, where: {field: total, is: 5}}}", []),
    # other segments, and SQL
    ("{segment: ordering}", [ANA, BOB, CEM]),
    ("{segment: named}", [ANA, BOB, CEM, DEE]),
    ("{segment: first_two}", [DEE, EVA]),
    ("{not: {segment: first_two}}", [ANA, BOB, CEM]),
    ("{segment: all_scores}", [ANA, DEE, EVA]),
    ("{related: referrer, where: {segment: first_two}}", []),
    ("{related: orders.customer, where: {segment: named}}", [ANA, BOB, CEM]),
    ('{all: [{segment: ordering}, {sql: "number > 1"}]}', [BOB]),
    ('{not: {sql: "number > 1"}}', [ANA, CEM, DEE]),
]


@pytest.fixture(scope="module")
def shop(engine: Engine) -> Shop:
    made = Shop(engine, MODELS, TABLES)
    made.add(segment_of("all_scores", EVERYBODY, top=Top(number=9, by="score", location=HERE)))
    return made


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_case(written: str, expected: list[int], shop: Shop) -> None:
    named = [*segments_of(MODELS), "all_scores"]
    segment = segment_of("asked", condition_of(written, dict.fromkeys(named)))  # type: ignore[arg-type]  # names only
    assert shop.read(segment) == expected  # the plain reading itself, against the answer worked out by hand
    assert shop.selected(segment) == expected


@pytest.mark.parametrize("salt", ["spring", "summer", "autumn", "winter", "never"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_share_is_one_of_those_that_top_keeps(salt: str, number: int, shop: Shop) -> None:
    top = Top(number=number, by="score", lowest=number == 2, location=HERE)
    half = Split(salt=salt, low=Decimal(25), high=Decimal(75), location=HERE)
    for limits in ({"split": half}, {"hold_out": half}):
        segment = segment_of("asked", EVERYBODY, top=top, **limits)
        assert shop.selected(segment) == shop.read(segment)
