"""Looking at a segment: how many, who for example, and the sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from penstock import clock
from penstock.catalog.entities import Segment
from penstock.operations.project import Project
from penstock.operations.reading import OpenModel, members_sql, open_model, source_errors
from penstock.quoting import quote_name
from penstock.segments.field_phrases import computed_phrases
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
    with opened_segment(project, name) as (opened, segment):
        sql = members_sql(project, segment, opened, clock.now())
        rows = opened.lend()
        members = opened.query(f"SELECT count(*) FROM ({sql}) AS members")[0][0]
        return SegmentCount(members=int(str(members)), model_rows=rows)


def sample_segment(project: Project, name: str, records: int) -> Sample:
    """Return some members, in the order of their primary key; values as text, but for null and booleans.

    Computed fields are among them.
    """
    with opened_segment(project, name) as (opened, segment):
        sql = members_sql(project, segment, opened, clock.now(), tuple(opened.fields))
        opened.lend()
        columns = tuple(opened.fields)
        texts = ", ".join(f"CAST({quote_name(column)} AS VARCHAR)" for column in columns)
        order = quote_name(opened.model.primary_key)
        first = f"SELECT * FROM ({sql}) AS members ORDER BY {order} LIMIT {int(records)}"
        with source_errors(opened.model):
            settled = opened.warehouse.settled(first, columns, dear=False)
            rows = opened.connection.execute(f"SELECT {texts} FROM ({settled}) ORDER BY {order}").fetchall()
        return Sample(columns=columns, rows=tuple(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A segment in plain English: one sentence, its conditions line by line, and its computed fields by name."""

    sentence: str
    outline: tuple[str, ...]
    computed: Mapping[str, str]


def explain_segment(project: Project, name: str) -> Explanation:
    """Tell a segment in plain English."""
    segment = project.segment(name)
    models = project.catalog.models
    return Explanation(
        sentence=segment_sentence(segment, models),
        outline=outline(segment.where, model=models[segment.model], models=models),
        computed=computed_phrases(segment, project.catalog),
    )


@contextmanager
def opened_segment(project: Project, name: str) -> Iterator[tuple[OpenModel, Segment]]:
    """Open the model of a segment. Raises ConfigurationError, SourceError."""
    segment = project.segment(name)
    with open_model(project, project.catalog.models[segment.model]) as opened:
        yield opened, segment
