"""Looking at a segment: how many, who for example, the SQL, and the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from penstock import clock
from penstock.catalog.entities import Model, Segment
from penstock.operations.project import Project
from penstock.operations.reaching import reached
from penstock.operations.reading import OpenModel, members_sql, open_model
from penstock.quoting import quote_name
from penstock.segments.sentence import outline, segment_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCount:
    """Members of a segment and rows of its model."""

    members: int
    model_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some members: names of the columns and rows of values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def count_segment(project: Project, name: str) -> SegmentCount:
    """Count a segment's members. Raises ConfigurationError, SourceError."""
    with _opened(project, name) as (opened, _, sql):
        rows = opened.lend()
        return SegmentCount(members=int(str(opened.query(f"SELECT count(*) FROM ({sql})")[0][0])), model_rows=rows)


def sample_segment(project: Project, name: str, records: int) -> Sample:
    """Return some members, in the order of their primary key; values as text, but for null and booleans."""
    with _opened(project, name) as (opened, _, sql):
        opened.lend()
        columns = tuple(opened.fields)
        texts = ", ".join(f"CAST({quote_name(column)} AS VARCHAR)" for column in columns)
        order = quote_name(opened.model.primary_key)
        rows = opened.query(f"SELECT {texts} FROM ({sql}) ORDER BY {order} LIMIT {int(records)}")
        return Sample(columns=columns, rows=tuple(rows))


def segment_sql(project: Project, name: str) -> str:
    """Return the SQL that selects the members, over the model's own SQL or table."""
    with _opened(project, name) as (_, segment, sql):
        return _over_models(project, segment, sql)


def explain_segment(project: Project, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the segment in plain English: one sentence, and its conditions line by line."""
    segment = project.segment(name)
    models = project.catalog.models
    lines = outline(segment.where, model=models[segment.model], models=models)
    return segment_sentence(segment, models), lines


@contextmanager
def _opened(project: Project, name: str) -> Iterator[tuple[OpenModel, Segment, str]]:
    segment = project.segment(name)
    model = project.catalog.models[segment.model]
    with open_model(project, model) as opened:
        yield opened, segment, members_sql(project, segment, opened, clock.now())


def _over_models(project: Project, segment: Segment, sql: str) -> str:
    """Put what the models are in front of the query of their rows."""
    parts = [f"{quote_name(name)} AS (\n{_rows(model)}\n)" for name, model in reached(project, segment).items()]
    return f"WITH {', '.join(parts)}\n{sql}"


def _rows(model: Model) -> str:
    return model.sql.strip().rstrip(";") if model.sql else f"SELECT * FROM {quote_name(model.table or '')}"
