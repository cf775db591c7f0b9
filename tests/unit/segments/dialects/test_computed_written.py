"""Snapshots of every sort of computed field, every operator and every function in every dialect, read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
import sqlglot
from sqlglot import exp
from syrupy.assertion import SnapshotAssertion

from penstock.catalog.computed import Calculated, ComputedField
from penstock.catalog.conditions import EVERYBODY
from penstock.catalog.entities import Model, Segment
from penstock.catalog.formula_reading import read_formula
from penstock.fields import Field, FieldType, Kind
from penstock.segments.dialects.names import DIALECTS
from penstock.segments.functions import FUNCTIONS, OPERATORS
from penstock.segments.query import segment_query
from penstock.segments.schema import LinkShape, ModelShape, Schema
from tests.compiling import HERE, NOW
from tests.unit.segments.computed_shop import computed_models
from tests.unit.segments.dialects.test_written import SqlFile, told
from tests.unit.segments.shop import LINKS, fields_of

_TYPES = {
    "DECIMAL(10,2)": (Kind.DECIMAL, ("net", "tax", "total", "price", "spent", "balance")),
    "BIGINT": (Kind.INTEGER, ("id", "orders")),
    "DOUBLE": (Kind.FLOAT, ("score",)),
    "DATE": (Kind.DATE, ("born",)),
    "TIMESTAMP": (Kind.TIMESTAMP, ("last_order_at",)),
    "TIMESTAMP WITH TIME ZONE": (Kind.INSTANT, ("signed_up",)),
    "VARCHAR": (
        Kind.TEXT,
        ("city", "country", "mobile", "phone", "first_name", "last_name", "email", "zip", "iban", "name"),
    ),
}
PERSON = {
    name: Field(name=name, type=FieldType(kind=kind, sql=sql))
    for sql, (kind, names) in _TYPES.items()
    for name in names
}
"""The fields of the examples of operators and functions."""


@pytest.fixture(scope="session")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, exp.Select]:
    """Queries by what they are about."""
    return dict(_queries(computed_models(tmp_path_factory.mktemp("shop"))))


def _queries(models: Mapping[str, Model]) -> Iterator[tuple[str, exp.Select]]:
    shapes = {
        name: ModelShape(model=model, fields=fields_of(name), relation=exp.to_table(name))
        for name, model in models.items()
    }
    links = {name: LinkShape(fields=fields_of(name), relation=exp.to_table(name)) for name in LINKS}
    for computed in models["customers"].computed:
        yield computed.name, _query(models["customers"], computed, Schema(models=shapes, segments={}, links=links))
    for name, function in {**OPERATORS, **FUNCTIONS}.items():
        calculated = Calculated(text=function.example, calculation=read_formula(function.example))
        computed = ComputedField(name=name, computation=calculated, location=HERE)
        person = _person(models["tags"], computed)
        schema = Schema(
            models={person.name: ModelShape(model=person, fields=PERSON, relation=exp.to_table("people"))},
            segments={},
        )
        yield function.example, _query(person, computed, schema)


def _person(like: Model, computed: ComputedField) -> Model:
    return Model(
        name="people",
        source=like.source,
        table="people",
        kind=like.kind,
        primary_key="id",
        computed=(computed,),
        location=HERE,
    )


def _query(model: Model, computed: ComputedField, schema: Schema) -> exp.Select:
    everybody = Segment(name="everybody", model=model.name, where=EVERYBODY, location=HERE)
    fields = ["id", computed.name]
    return segment_query(everybody, schema=schema, dialect="duckdb", timezone="Europe/Paris", now=NOW, fields=fields)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sql(dialect: str, queries: Mapping[str, exp.Select], snapshot: SnapshotAssertion) -> None:
    texts = [f"-- {text}\n{told(query, dialect)}\n" for text, query in queries.items()]
    assert "\n".join(texts) == snapshot(extension_class=SqlFile)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_written_is_read_again(dialect: str, queries: Mapping[str, exp.Select]) -> None:
    for text, query in queries.items():
        sql = told(query, dialect)
        if not sql.startswith("-- refused"):
            once = sqlglot.parse_one(sql, read=dialect).sql(dialect=dialect)
            assert sqlglot.parse_one(once, read=dialect).sql(dialect=dialect) == once, text
