"""What PostgreSQL's SQL must say although no server that the tests start would show the difference."""

from __future__ import annotations

from sqlglot import exp

from penstock.catalog.conditions import AllOf
from penstock.catalog.entities import Segment, Top
from penstock.fields import Field, FieldType, Kind
from penstock.segments.dialects.writing import written
from penstock.segments.query import segment_query
from penstock.segments.schema import ModelShape, Schema
from tests.compiling import HERE, NOW, model_named

TYPES = {"id": FieldType(kind=Kind.TEXT, sql="VARCHAR"), "total": FieldType(kind=Kind.INTEGER, sql="BIGINT")}
FIELDS = {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}
SCHEMA = Schema(models={"t": ModelShape(model=model_named("t"), fields=FIELDS, relation=exp.to_table("t"))})


def test_a_tie_of_texts_ends_by_code_points_whatever_the_collation() -> None:
    top = Top(number=3, by="total", location=HERE)
    segment = Segment(name="best", model="t", where=AllOf(conditions=()), top=top, location=HERE)
    query = segment_query(segment, schema=SCHEMA, dialect="postgres", timezone="UTC", now=NOW)
    assert '"id" COLLATE "C"' in written(query, "postgres")
    assert "COLLATE" not in written(query, "duckdb")
