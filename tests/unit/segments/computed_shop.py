"""The shop's customers with computed fields of every sort: written as a project file, and computed plainly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from penstock.catalog.entities import Model
from penstock.catalog.loading import load_catalog
from tests.unit.segments.shop import Row, Tables

PROJECT = """
sources:
  - {name: shop, type: duckdb, path: shop.duckdb}
models:
  - name: customers
    source: shop
    table: customers
    primary_key: id
    relations:
      - {name: orders, model: orders, many: true, on: {shop: shop, number: customer}}
      - {name: referrer, model: customers, on: {referred_by: id}}
      - name: tags
        model: tags
        many: true
        through: {table: customer_tags, on: {id: customer_id}, to: {tag_id: id}}
    computed:
      - {name: orders_number, aggregate: {related: orders, count: true}}
      - {name: spent, aggregate: {related: orders, sum: total, where: {field: status, is: a}}}
      - {name: late, aggregate: {related: orders, sum: total, within: {field: ordered_at, after: 2024-01-03}}}
      - {name: weight, aggregate: {related: orders, sum: weight}}
      - {name: average, aggregate: {related: orders, average: total}}
      - {name: first_at, aggregate: {related: orders, minimum: ordered_at}}
      - {name: highest, aggregate: {related: orders, maximum: total}}
      - {name: latest, aggregate: {related: orders, most_recent: status, where: {field: total, is_known: true}}}
      - {name: tags_number, aggregate: {related: tags, count: true}}
      - {name: sold, aggregate: {related: [orders, lines], sum: quantity}}
      - {name: products_number, aggregate: {related: orders.lines.product, count: true}}
      - {name: last_launch, aggregate: {related: orders.lines.product, most_recent: name}}
      - {name: line_orders, aggregate: {related: orders.lines, maximum: of_order}}
      - {name: referrer_name, lifted: {related: referrer, field: name}}
      - {name: referrer_spent, lifted: {related: referrer.referrer, field: spent}}
      - {name: referrer_tier, lifted: {related: referrer, field: tier}}
      - name: tier
        label:
          cases:
            - {is: gold, where: {field: spent, at_least: 2}}
            - is: silver
              where: {any: [{field: orders_number, at_least: 2}, {related: tags, where: {field: word, is: a}}]}
          otherwise: bronze
      - {name: known, label: {cases: [{is: 'yes', where: {field: latest, is_known: true}}]}}
      - {name: per_order, formula: spent / orders_number}
      - {name: rounded, formula: "round(spent * 1.15, 1)"}
      - {name: balance, formula: "-(spent - late) * 2 + tags_number"}
      - {name: half, formula: "floor(weight) - ceiling(score) + abs(weight) - round(score)"}
      - {name: code, formula: "upper(shop) & '-' & number"}
      - {name: both, formula: "join(', ', name, shop, latest)"}
      - {name: best_name, formula: "first_known(latest, name, 'nobody')"}
      - {name: cut, formula: "left(code, 1) & right(code, 1) & length(code) & replace(code, '-', '''')"}
      - {name: days, formula: "days_between(first_at, today())"}
      - {name: months, formula: "months_between(first_at, now())"}
      - {name: back, formula: "months_between(today(), first_at)"}
      - {name: born, formula: "year(first_at) * 100 + month(first_at) + day(first_at)"}
  - name: orders
    source: shop
    table: orders
    time: ordered_at
    primary_key: id
    relations:
      - {name: lines, model: lines, many: true, on: {id: order_id}}
  - name: lines
    source: shop
    table: lines
    primary_key: id
    relations:
      - {name: product, model: products, on: {product_id: id}}
      - {name: order, model: orders, on: {order_id: id}}
    computed:
      - {name: of_order, lifted: {related: order, field: total}}
  - {name: products, source: shop, table: products, time: launched, primary_key: id}
  - {name: tags, source: shop, table: tags, primary_key: id}
"""


def computed_models(folder: Path) -> Mapping[str, Model]:
    """Read the project, which stands in the folder then."""
    (folder / "penstock.yaml").write_text(PROJECT, encoding="utf-8")
    return load_catalog(folder, destination_types={}, environment={})[0].models


def _known(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


class Plain:
    """Computes the fields of customers row by row."""

    def __init__(self, tables: Tables, today: date) -> None:
        self._tables = tables
        self._today = today

    def values(self, row: Row) -> dict[str, Any]:
        """All computed fields of a customer."""
        orders = self._orders(row)
        lines = [line for line in self._tables["lines"] if line["order_id"] in {order["id"] for order in orders}]
        made: dict[str, Any] = {
            "orders_number": len(orders),
            "spent": self._spent(row),
            "late": sum(_known([order["total"] for order in orders if _is_late(order)])),
            "weight": sum(_known([order["weight"] for order in orders])),
            "first_at": min(_known([order["ordered_at"] for order in orders]), default=None),
            "highest": max(_known([order["total"] for order in orders]), default=None),
            "latest": _latest([order for order in orders if order["total"] is not None], "ordered_at", "status"),
            "tags_number": len(self._tags(row)),
            "sold": sum(_known([line["quantity"] for line in lines])),
            "line_orders": max(_known([self._total_of(line) for line in lines]), default=None),
        }
        totals = _known([order["total"] for order in orders])
        made["average"] = float(sum(totals)) / len(totals) if totals else None
        products = [each for each in self._tables["products"] if each["id"] in {line["product_id"] for line in lines}]
        made["products_number"] = len(products)
        made["last_launch"] = _latest(products, "launched", "name")
        made |= self._labels(row, made)
        made |= self._referrers(row)
        return made | _formulas(row, made, self._today)

    def _labels(self, row: Row, made: Mapping[str, Any]) -> dict[str, Any]:
        has_a = any((tag["word"] or "").lower() == "a" for tag in self._tags(row))
        silver = "silver" if made["orders_number"] >= 2 or has_a else "bronze"
        return {"tier": "gold" if made["spent"] >= 2 else silver, "known": None if made["latest"] is None else "yes"}

    def _referrers(self, row: Row) -> dict[str, Any]:
        first = self._referrer(row)
        second = None if first is None else self._referrer(first)
        return {
            "referrer_name": None if first is None else first["name"],
            "referrer_spent": None if second is None else self._spent(second),
            "referrer_tier": None if first is None else self._tier(first),
        }

    def _tier(self, row: Row) -> str:
        found: str = self._labels(
            row, {"spent": self._spent(row), "orders_number": len(self._orders(row)), "latest": None}
        )["tier"]
        return found

    def _referrer(self, row: Row) -> Row | None:
        return next((each for each in self._tables["customers"] if each["id"] == row["referred_by"]), None)

    def _spent(self, row: Row) -> Any:
        return sum(_known([order["total"] for order in self._orders(row) if (order["status"] or "").lower() == "a"]))

    def _orders(self, row: Row) -> list[Row]:
        key = (row["shop"], row["number"])
        return [
            each for each in self._tables["orders"] if None not in key and (each["shop"], each["customer"]) == key
        ]

    def _tags(self, row: Row) -> list[Row]:
        tags = {pair["tag_id"] for pair in self._tables["customer_tags"] if pair["customer_id"] == row["id"]}
        return [tag for tag in self._tables["tags"] if tag["id"] in tags]

    def _total_of(self, line: Row) -> Any:
        return next((each["total"] for each in self._tables["orders"] if each["id"] == line["order_id"]), None)


def _is_late(order: Row) -> bool:
    return order["ordered_at"] is not None and order["ordered_at"].date() > date(2024, 1, 3)


def _latest(rows: Sequence[Row], time: str, field: str) -> Any:
    timed = [row for row in rows if row[time] is not None]
    return max(timed, key=lambda row: (row[time], row["id"]))[field] if timed else None


def _formulas(row: Row, made: Mapping[str, Any], today: date) -> dict[str, Any]:
    shop, number, score = row["shop"], row["number"], row["score"]
    code = None if shop is None or number is None else f"{shop.upper()}-{number}"
    started = None if made["first_at"] is None else made["first_at"].date()
    texts = [text for text in (row["name"], shop, made["latest"]) if text]
    spent, late = made["spent"], made["late"]
    return {
        "per_order": float(spent) / made["orders_number"] if made["orders_number"] else None,
        "rounded": float(_half_up(spent * 115)) / 10,
        "balance": -(spent - late) * 2 + made["tags_number"],
        "half": None if score is None else _half(made["weight"], score),
        "code": code,
        "both": ", ".join(texts) or None,
        "best_name": next(text for text in (made["latest"], row["name"], "nobody") if text is not None),
        "cut": None if code is None else f"{code[:1]}{code[-1:]}{len(code)}{code.replace('-', chr(39))}",
        "days": None if started is None else (today - started).days,
        "months": None if started is None else _months(started, today),
        "back": None if started is None else -_months(started, today),
        "born": None if started is None else started.year * 100 + started.month + started.day,
    }


def _half_up(hundredths: Any) -> int:
    """A number of hundredths in tenths, halves away from zero."""
    return int(math.copysign(math.floor(abs(hundredths) / 10 + type(hundredths)(1) / 2), hundredths))


def _half(weight: float, score: float) -> float:
    if math.isnan(score):
        return math.nan
    rounded = math.copysign(math.floor(abs(score) + 0.5), score)
    return math.floor(weight) - math.ceil(score) + abs(weight) - rounded


def _months(start: date, end: date) -> int:
    """Full months to a later day."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
