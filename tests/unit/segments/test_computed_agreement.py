"""The law of computed fields: each is what its plain reading is, whatever it is made of, and can be asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlglot import exp

from penstock.catalog.conditions import AllOf, Comparison, Condition, Operator
from penstock.catalog.entities import Model, Segment, Top
from penstock.fields import Field, Kind
from penstock.segments.dialects.writing import written
from penstock.segments.query import computed_fields, segment_query
from penstock.segments.schema import LinkShape, ModelShape, Schema
from tests.compiling import HERE
from tests.unit.segments.computed_shop import Plain, computed_models
from tests.unit.segments.engines import Engine
from tests.unit.segments.generated import tables as generated_tables
from tests.unit.segments.shop import LINKS, Tables, fields_of

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
ASKED: tuple[Comparison, ...] = tuple(
    Comparison(field=field, operator=Operator(operator), operands=operands, location=HERE)
    for field, operator, operands in (
        ("spent", "at_least", (1,)),
        ("average", "greater_than", (Decimal("0.5"),)),
        ("tier", "is_any_of", ("Gold", "silver")),
        ("referrer_name", "is_unknown", ()),
        ("first_at", "before", (date(2024, 1, 3),)),
        ("code", "starts_with", ("a-",)),
        ("balance", "less_than", (0,)),
    )
)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Model]:
    return computed_models(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module", params=["duckdb", "postgres", "sqlite"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


class Shop:
    """The rows of a shop whose models compute fields."""

    def __init__(self, engine: Engine, models: Mapping[str, Model], tables: Tables) -> None:
        self.engine = engine
        self.schema = Schema(
            models={
                name: ModelShape(model=model, fields=self._fields(name), relation=exp.to_table(name))
                for name, model in models.items()
            },
            links={name: LinkShape(fields=self._fields(name), relation=exp.to_table(name)) for name in LINKS},
        )
        computed, _ = computed_fields(models["customers"], schema=self.schema, dialect=engine.dialect)
        self.types = {name: field.type for name, field in computed.items()}
        for name in (*models, *LINKS):
            engine.store(name, {column: field.type for column, field in self._fields(name).items()}, tables[name])

    def _fields(self, table: str) -> dict[str, Field]:
        return {
            name: Field(name=name, type=self.engine.type_of(each.type)) for name, each in fields_of(table).items()
        }

    def answers(self, segment: Segment, field: str) -> list[Any]:
        """The values of a field of the members, in the order of their keys."""
        query = segment_query(
            segment,
            schema=self.schema,
            dialect=self.engine.dialect,
            timezone="UTC",
            now=NOW,
            fields=dict.fromkeys(["id", field]),
        )
        sql = written(query, self.engine.dialect)
        name = exp.to_identifier(field, quoted=True).sql(dialect=self.engine.dialect)
        return self.engine.answers(f"SELECT {name} FROM ({sql}) AS selected ORDER BY id")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=generated_tables())
def test_a_computed_field_is_what_its_plain_reading_is(
    tables: Tables, engine: Engine, models: Mapping[str, Model]
) -> None:
    shop = Shop(engine, models, tables)
    rows = sorted(tables["customers"], key=lambda row: row["id"])
    plain = [Plain(tables, NOW.date()).values(row) for row in rows]
    everybody = _segment(AllOf(conditions=()))
    for computed in models["customers"].computed:
        found = shop.answers(everybody, computed.name)
        if shop.types[computed.name].kind is Kind.DECIMAL:
            found = [None if value is None else Decimal(value) for value in found]  # some drivers give their digits
        expected = [values[computed.name] for values in plain]
        if engine.dialect == "sqlite":  # which keeps NaN as NULL
            expected = [None if _comparable(value) == "NaN" else value for value in expected]
        assert [*map(_comparable, found)] == [*map(_comparable, expected)], computed.name


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=generated_tables())
def test_conditions_on_computed_fields(tables: Tables, engine: Engine, models: Mapping[str, Model]) -> None:
    shop = Shop(engine, models, tables)
    rows = sorted(tables["customers"], key=lambda row: row["id"])
    plain = {row["id"]: Plain(tables, NOW.date()).values(row) for row in rows}
    for asked in ASKED:
        expected = [row["id"] for row in rows if _holds(asked, plain[row["id"]][asked.field])]
        assert shop.answers(_segment(asked), "id") == expected, asked
    top = Top(number=2, by="spent", location=HERE)
    first = sorted(rows, key=lambda row: (-plain[row["id"]]["spent"], row["id"]))[:2]
    segment = replace(_segment(AllOf(conditions=())), top=top)
    assert shop.answers(segment, "id") == sorted(row["id"] for row in first)


def test_every_computed_field_has_a_type_and_no_problem(models: Mapping[str, Model], engine: Engine) -> None:
    tables: Tables = dict.fromkeys((*models, *LINKS), ())
    shop = Shop(engine, models, tables)
    found, problems = computed_fields(models["customers"], schema=shop.schema, dialect=engine.dialect)
    assert problems == ()
    assert [*found] == [computed.name for computed in models["customers"].computed]
    types = {name: str(field.type) for name, field in found.items()}
    assert types["spent"] == types["rounded"] == types["balance"] == "decimal"
    assert types["average"] == types["per_order"] == types["half"] == "float"
    assert types["orders_number"] == types["days"] == "integer"
    assert types["tier"] == types["code"] == types["referrer_tier"] == "text"
    assert types["first_at"] == "timestamp"


def _segment(where: Condition) -> Segment:
    return Segment(name="asked", model="customers", where=where, location=HERE)


def _comparable(value: Any) -> Any:
    if isinstance(value, float | Decimal):
        return "NaN" if math.isnan(value) else round(float(value), 9) + 0.0
    return str(value) if isinstance(value, datetime) else value  # some engines keep times as text


def _holds(asked: Comparison, value: Any) -> bool:
    if asked.operator is Operator.IS_UNKNOWN:
        return value is None
    if value is None:
        return False
    operand = asked.operands[0]
    match asked.operator:
        case Operator.AT_LEAST:
            return bool(value >= operand)
        case Operator.GREATER_THAN:
            return bool(value > operand)
        case Operator.LESS_THAN:
            return bool(value < operand)
        case Operator.BEFORE:
            return bool(value.date() < operand)
        case Operator.STARTS_WITH:
            return str(value).lower().startswith(str(operand))
    return str(value) in {str(each).lower() for each in asked.operands}
