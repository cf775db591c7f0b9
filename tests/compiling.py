"""A condition of a single model, compiled to what would stand behind WHERE."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlglot import exp

from penstock.catalog.composing import compose
from penstock.catalog.condition_reading import read_condition
from penstock.catalog.conditions import Condition
from penstock.catalog.entities import Model, ModelKind, Segment
from penstock.catalog.problems import Problems
from penstock.catalog.reading import Names, Reading
from penstock.errors import Location, Problem
from penstock.fields import Field
from penstock.segments.query import segment_problems, segment_query
from penstock.segments.schema import ModelShape, Schema

HERE = Location(file=Path("segments.yaml"), line=1)
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def model_named(name: str, primary_key: str = "id") -> Model:
    """Return a model of a table of its own name."""
    return Model(name=name, source="shop", table=name, kind=ModelKind.USERS, primary_key=primary_key, location=HERE)


def compile_condition(
    condition: Condition,
    *,
    fields: Mapping[str, Field],
    timezone: str = "UTC",
    now: datetime = NOW,
    model: str = "people",
    dialect: str = "duckdb",
) -> exp.Expr:
    """Return the condition over columns of a table that is called as the model."""
    query = segment_query(
        _segment(condition, model), schema=_schema(fields, model), dialect=dialect, timezone=timezone, now=now
    )
    where = query.args.get("where")
    return exp.true() if where is None else where.this


def check_condition(condition: Condition, *, fields: Mapping[str, Field]) -> tuple[Problem, ...]:
    """Return what is wrong with the condition of a segment `loyal`."""
    return segment_problems(_segment(condition, "people"), schema=_schema(fields, "people"), dialect="duckdb")


def condition_of(written: str, segments: Mapping[str, Segment]) -> Condition:
    """Return a condition as the loader reads it; these segments can be named in it."""
    problems = Problems()
    node = compose(written, HERE.file, problems)
    assert node is not None
    reading = Reading(problems=problems, names=Names(declared={"segments": segments}), subject="the example")
    condition = read_condition(node, reading)
    assert condition is not None, [problem.message for problem in problems.refusals()]
    return condition


def _segment(condition: Condition, model: str) -> Segment:
    return Segment(name="loyal", model=model, where=condition, location=HERE)


def _schema(fields: Mapping[str, Field], model: str) -> Schema:
    relation = exp.Table(this=exp.to_identifier(model, quoted=True))
    return Schema(models={model: ModelShape(model=model_named(model), fields=fields, relation=relation)})
