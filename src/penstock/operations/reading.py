"""Reading a model from its source: the engine that holds it, its fields, and the rows of a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import duckdb
from sqlglot import exp

from penstock.catalog.conditions import EVERYBODY
from penstock.catalog.entities import Model, Segment
from penstock.engine import first_line, open_engine
from penstock.errors import ConfigurationError, Location, Problem, SourceError
from penstock.fields import Field, Kind
from penstock.operations.project import Project
from penstock.operations.reaching import models_read, schema_of
from penstock.segments.dialects.writing import written
from penstock.segments.query import computed_fields, segment_query
from penstock.segments.schema import Schema
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from penstock.warehouses.registry import open_warehouse

KEY_KINDS = {Kind.TEXT, Kind.INTEGER, Kind.DATE, Kind.INSTANT, Kind.TIMESTAMP}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModel:
    """A model whose fields are known; after `lend` its rows can be asked for."""

    connection: duckdb.DuckDBPyConnection
    warehouse: Warehouse
    model: Model
    fields: Mapping[str, Field]
    """The fields of its source, and the computed ones."""
    schema: Schema
    problems: tuple[Problem, ...] = ()
    """What is wrong with the model: its primary key, its computed fields."""

    def lend(self) -> int:
        """Make the rows readable and return their number. Raises SourceError."""
        self.warehouse.lend(self.model)
        row = self.query(f"SELECT count(*) FROM {MODEL_VIEW}")[0]
        return int(str(row[0]))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Read rows. Raises SourceError when the source cannot give them."""
        with source_errors(self.model):
            return self.warehouse.query(sql)


@contextmanager
def source_errors(model: Model) -> Iterator[None]:
    """Turn what goes wrong in the model's own data into SourceError."""
    try:
        yield
    except (duckdb.DataError, duckdb.InvalidInputException, duckdb.BinderException, duckdb.IOException) as error:
        raise SourceError(
            f"Reading model `{model.name}` failed: {first_line(str(error))}",
            fix="Repair the data or the model's SQL, then run again; nothing was sent.",
            code="source_unreadable",
        ) from error


@contextmanager
def open_model(
    project: Project, model: Model, scratch: Path | None = None, *, refuse: bool = True
) -> Iterator[OpenModel]:
    """Open a model's source in an engine of its own. Raises SourceError, ConfigurationError.

    Unless told not to, it refuses a model with which anything is wrong.
    """
    settings = project.catalog.settings
    connection = open_engine(memory=settings.memory, threads=settings.threads, scratch=scratch)
    try:
        warehouse = open_warehouse(connection, project.source_of(model))
        try:
            schema = schema_of(project, model, warehouse)
            fields = schema.models[model.name].fields
            computed, problems = computed_fields(model, schema=schema, dialect=warehouse.dialect)
            problems = (*_primary_key_problems(model, fields), *problems)
            if refuse and problems:
                raise ConfigurationError.of(problems)
            yield OpenModel(
                connection=connection,
                warehouse=warehouse,
                model=model,
                fields={**fields, **computed},
                schema=schema,
                problems=problems,
            )
        finally:
            with suppress(duckdb.Error):  # whatever went wrong before is what counts
                warehouse.close()
    finally:
        connection.close()


def _primary_key_problems(model: Model, fields: Mapping[str, Field]) -> tuple[Problem, ...]:
    """Say what is wrong with a model's primary key, if anything is."""
    field = fields.get(model.primary_key)
    if field is None:
        what = f"Model `{model.name}`: its primary key"
        return (unknown_field(model.primary_key, fields, what=what, location=model.location),)
    if field.type.kind in KEY_KINDS:
        return ()
    return (
        Problem(
            code="primary_key_type",
            message=f"Model `{model.name}`: `{field.name}` is a {field.type} and cannot be a primary key.",
            fix="Use a whole number, a text or a date, or cast the field in the model's SQL.",
            location=model.location,
        ),
    )


def unknown_field(name: str, fields: Mapping[str, Field], *, what: str, location: Location) -> Problem:
    """Say that a model has no such field; `what` begins the sentence."""
    near = get_close_matches(name, fields, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    names = ", ".join(f"`{each}`" for each in list(fields)[:20]) + (" …" if len(fields) > 20 else "")
    return Problem(
        code="unknown_field",
        message=f"{what} `{name}` is not a field of the model.{hint}",
        fix=f"Use one of: {names}.",
        location=location,
    )


def settled_members_sql(
    project: Project, segment: Segment | None, opened: OpenModel, now: datetime, fields: Sequence[str]
) -> str:
    """SQL for the engine of these fields of the rows of a segment, or of all rows of the model, for many readings.

    What is found out from other rows is found out once and kept. Raises ConfigurationError, SourceError.
    """
    query = members_query(project, segment, opened, now, fields)
    asks_of_others = len([*query.find_all(exp.Table)]) > 1
    with source_errors(opened.model):
        return opened.warehouse.settled(readable(query, project, opened), fields, dear=asks_of_others)


def members_sql(
    project: Project, segment: Segment, opened: OpenModel, now: datetime, fields: Sequence[str] | None = None
) -> str:
    """SQL of these fields of the rows of a segment; what it reads beside is lent. See `members_query`."""
    return readable(members_query(project, segment, opened, now, fields), project, opened)


def members_query(
    project: Project,
    segment: Segment | None,
    opened: OpenModel,
    now: datetime,
    fields: Sequence[str] | None = None,
) -> exp.Select:
    """Query of these fields of the rows of a segment, or of all rows of the model, over what `models_read` names.

    Without `fields` it is all that the source has. Raises ConfigurationError, SourceError.
    """
    model = opened.model
    return segment_query(
        segment or Segment(name=model.name, model=model.name, where=EVERYBODY, location=model.location),
        schema=opened.schema,
        dialect=opened.warehouse.dialect,
        timezone=project.catalog.settings.timezone,
        now=now,
        fields=fields,
    )


def readable(query: exp.Query, project: Project, opened: OpenModel) -> str:
    """Lend what the query reads beside the model itself, and write it in the SQL of the source."""
    for name, other in models_read(query, project, opened.model).items():
        if name != MODEL_VIEW:
            opened.warehouse.lend(other, name)
    return written(query, opened.warehouse.dialect)
