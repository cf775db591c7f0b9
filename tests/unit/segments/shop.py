"""A small shop of several models, and what conditions on their related rows mean, read plainly in Python.

customers → orders (two key fields) → lines → product; customers ↔ tags through pairs, some of them twice;
customers → referrer, a customer; visits are events of customers. Other relations can be given to the same tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import md5
from typing import Any

from penstock.catalog.conditions import (
    EVERYBODY,
    Aggregate,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Followed,
    Have,
    InSegment,
    Measure,
    Not,
    Operator,
    Related,
    Sql,
    Step,
)
from penstock.catalog.entities import Model, ModelKind, Relation, Segment, Split, Through
from penstock.fields import Field, FieldType, Kind
from tests.compiling import HERE

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
_Done = tuple[date, str, Any]
"""When something happened, and the model and key of its row."""
Compare = Callable[[Comparison, Row, Mapping[str, Field]], bool]

TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")
MONEY = FieldType(kind=Kind.DECIMAL, sql="DECIMAL(10,2)")
DOUBLE = FieldType(kind=Kind.FLOAT, sql="DOUBLE")
TIME = FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP")
DATE = FieldType(kind=Kind.DATE, sql="DATE")

COLUMNS: Mapping[str, Mapping[str, FieldType]] = {
    "customers": {"id": BIGINT, "shop": TEXT, "number": BIGINT, "name": TEXT, "referred_by": BIGINT, "score": DOUBLE},
    "orders": {
        "id": BIGINT,
        "shop": TEXT,
        "customer": BIGINT,
        "total": MONEY,
        "weight": DOUBLE,
        "ordered_at": TIME,
        "status": TEXT,
    },
    "lines": {"id": TEXT, "order_id": BIGINT, "product_id": TEXT, "quantity": BIGINT},
    "products": {"id": TEXT, "name": TEXT, "launched": DATE},
    "visits": {"id": BIGINT, "shop": TEXT, "customer": BIGINT, "seen_at": TIME, "page": TEXT},
    "tags": {"id": BIGINT, "word": TEXT},
    "customer_tags": {"customer_id": BIGINT, "tag_id": BIGINT, "shop": TEXT, "word": TEXT},
}
LINKS = ("customer_tags",)


def _relation(name: str, model: str, many: bool, **on: str) -> Relation:
    return Relation(name=name, model=model, many=many, on=on, location=HERE)


_PAIRS = Through(table="customer_tags", on={"id": "customer_id"}, to={"tag_id": "id"})
RELATIONS: Mapping[str, tuple[Relation, ...]] = {
    "customers": (
        _relation("orders", "orders", True, shop="shop", number="customer"),
        _relation("visits", "visits", True, shop="shop", number="customer"),
        _relation("referrer", "customers", False, referred_by="id"),
        Relation(name="tags", model="tags", many=True, through=_PAIRS, location=HERE),
    ),
    "orders": (
        _relation("lines", "lines", True, id="order_id"),
        _relation("customer", "customers", False, shop="shop", customer="number"),
    ),
    "lines": (_relation("product", "products", False, product_id="id"),),
    "products": (_relation("lines", "lines", True, id="product_id"),),
}
TIMES = {"orders": "ordered_at", "visits": "seen_at", "products": "launched"}


def models_related(relations: Mapping[str, Sequence[Relation]]) -> dict[str, Model]:
    """Return the models of the shop with these relations, by the name of the model that has them."""
    return {
        name: Model(
            name=name,
            source="shop",
            table=name,
            kind=ModelKind.CUSTOM,
            primary_key="id",
            time=TIMES.get(name),
            relations=tuple(relations.get(name, ())),
            location=HERE,
        )
        for name in COLUMNS
        if name not in LINKS
    }


MODELS = models_related(RELATIONS)


def fields_of(table: str) -> dict[str, Field]:
    """The fields of a model."""
    return {name: Field(name=name, type=type_) for name, type_ in COLUMNS[table].items()}


class Reader:
    """Answers conditions row by row."""

    def __init__(
        self,
        tables: Tables,
        models: Mapping[str, Model],
        segments: Mapping[str, Segment],
        compare: Compare,
        sql: Mapping[str, Any],
    ) -> None:
        self._tables = tables
        self._models = models
        self._segments = segments
        self._compare = compare
        self._sql = sql

    def holds(self, condition: Condition, row: Row, model: str) -> bool:
        """Whether a condition holds for a row of a model."""
        match condition:
            case AllOf():
                return all(self.holds(part, row, model) for part in condition.conditions)
            case AnyOf():
                return any(self.holds(part, row, model) for part in condition.conditions)
            case Not():
                return not self.holds(condition.condition, row, model)
            case Comparison():
                return self._compare(condition, row, fields_of(model))
            case Related():
                return self._related(condition, row, model)
            case Followed():
                return self._followed(condition, row, model)
            case InSegment():
                segment = self._segments[condition.segment]
                return any(row["id"] == member["id"] for member in self.members(segment))
            case Sql():
                return bool(self._sql[condition.sql](row))

    def members(self, segment: Segment) -> list[Row]:
        """The rows of a segment, in the order of their keys."""
        rows = [row for row in self._tables[segment.model] if self.holds(segment.where, row, segment.model)]
        if segment.top is not None:
            by, sign = segment.top.by, 1 if segment.top.lowest else -1
            known = [row for row in rows if row[by] is not None and not math.isnan(row[by])]
            rows = sorted(known, key=lambda row: (sign * row[by], row["id"]))[: segment.top.number]
        for split, keeps in ((segment.split, True), (segment.hold_out, False)):
            rows = [row for row in rows if split is None or _is_in(split, row["id"]) == keeps]
        return sorted(rows, key=lambda row: row["id"])

    def _related(self, related: Related, row: Row, model: str) -> bool:
        rows, fitting, target = self._chosen(related, row, model)
        if related.measure is not None:
            type_ = BIGINT if related.measure.field is None else COLUMNS[target][related.measure.field]
            return self._satisfies(self.figure(related, row, model), related.measure, type_)
        match related.have:
            case Have.ANY:
                return bool(fitting)
            case Have.NONE:
                return not fitting
            case Have.ALL:
                return bool(rows) and len(fitting) == len(rows)

    def _chosen(self, related: Related, row: Row, model: str) -> tuple[list[Row], list[Row], str]:
        """The related rows within the window, those of them that fit as well, and their model."""
        rows, target = self._follow(related.path, row, model)
        window = EVERYBODY if related.window is None else related.window
        rows = [each for each in rows if self.holds(window, each, target)]
        return rows, [each for each in rows if self.holds(related.where, each, target)], target

    def figure(self, related: Related, row: Row, model: str) -> Any:
        """The figure of a row's related rows; None if there is none."""
        measure = related.measure
        assert measure is not None
        _, rows, _ = self._chosen(related, row, model)
        values = [row[measure.field] for row in rows if row[measure.field] is not None] if measure.field else []
        match measure.aggregate:
            case Aggregate.COUNT:
                return len(rows)
            case Aggregate.SUM:
                return sum(values, start=0)
            case Aggregate.AVERAGE:
                return _average(values)
            case Aggregate.MINIMUM:
                return min(values, key=_nan_last, default=None)
            case Aggregate.MAXIMUM:
                return max(values, key=_nan_last, default=None)

    def _satisfies(self, figure: Any, measure: Measure, type_: FieldType) -> bool:
        if figure is None:
            return False  # nothing holds for what there is not
        if figure != figure:
            return measure.operator is Operator.IS_NOT  # NaN equals nothing and is neither less nor greater
        if isinstance(figure, date):
            asked = Comparison(field="x", operator=measure.operator, operands=measure.operands, location=HERE)
            return self._compare(asked, {"x": figure}, {"x": Field(name="x", type=type_)})
        low, *rest = (Fraction(operand) for operand in measure.operands if isinstance(operand, int | float | Decimal))
        match measure.operator:
            case Operator.IS:
                return bool(figure == low)
            case Operator.IS_NOT:
                return bool(figure != low)
            case Operator.LESS_THAN:
                return bool(figure < low)
            case Operator.AT_MOST:
                return bool(figure <= low)
            case Operator.GREATER_THAN:
                return bool(figure > low)
            case Operator.AT_LEAST:
                return bool(figure >= low)
        return bool(low <= figure <= rest[0])

    def _followed(self, followed: Followed, row: Row, model: str) -> bool:
        firsts, thens = (self._done(step, row, model) for step in (followed.first, followed.then))
        limit = None if followed.within is None else timedelta(**{followed.within.unit.value: followed.within.count})
        return any(_later(first, then, limit) for first in firsts for then in thens)

    def _done(self, step: Step, row: Row, model: str) -> list[_Done]:
        rows, target = self._follow(step.path, row, model)
        at = TIMES[target]
        return [
            (each[at], target, each["id"])
            for each in rows
            if each[at] is not None and self.holds(step.where, each, target)
        ]

    def _follow(self, path: Sequence[str], row: Row, model: str) -> tuple[list[Row], str]:
        """The rows that a path leads to, each once."""
        rows: list[Row] = [row]
        for name in path:
            relation = next(each for each in self._models[model].relations if each.name == name)
            reached: dict[Any, Row] = {}
            for each in rows:
                for other in self._step(relation, each):
                    reached[other["id"]] = other
            rows, model = list(reached.values()), relation.model
        return rows, model

    def _step(self, relation: Relation, row: Row) -> list[Row]:
        if relation.through is None:
            return [other for other in self._tables[relation.model] if _equal(row, other, relation.on)]
        pairs = [pair for pair in self._tables[relation.through.table] if _equal(row, pair, relation.through.on)]
        return [
            other
            for other in self._tables[relation.model]
            if any(_equal(pair, other, relation.through.to) for pair in pairs)
        ]


def _average(values: Sequence[Any]) -> Any:
    if any(value != value for value in values):
        return math.nan
    return Fraction(sum(values)) / len(values) if values else None


def _nan_last(value: Any) -> tuple[bool, Any]:
    """NaN is greater than every number where figures are computed, so that one is found in whatever order."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return is_nan, 0 if is_nan else value


def _later(first: _Done, then: _Done, limit: timedelta | None) -> bool:
    """Whether the one is later than the other; of two dates it may be the same day, if they are not the same row."""
    if limit is not None and then[0] > first[0] + limit:
        return False
    return then[0] > first[0] or (not isinstance(then[0], datetime) and then[0] == first[0] and then != first)


def _is_in(split: Split, key: object) -> bool:
    """Whether a key's place among all hashes, in percent, is within the share."""
    place = int(md5(f"{split.salt}:{key}".encode()).hexdigest()[:8], 16)
    low, high = (int(percent * 16**8 / 100) for percent in (split.low, split.high))
    return low <= place and (place < high or split.high == 100)


def _equal(row: Row, other: Row, on: Mapping[str, str]) -> bool:
    return all(row[mine] is not None and row[mine] == other[theirs] for mine, theirs in on.items())


FIGURES: Mapping[str, Sequence[str | None]] = {
    "customers": ["score"],
    "orders": ["total", "weight", "ordered_at"],
    "lines": ["quantity"],
    "products": ["launched"],
    "visits": ["seen_at"],
    "tags": ["id"],
}
NUMBER_OPERATORS = (
    Operator.IS,
    Operator.IS_NOT,
    Operator.LESS_THAN,
    Operator.AT_MOST,
    Operator.GREATER_THAN,
    Operator.AT_LEAST,
    Operator.BETWEEN,
)
