"""The SQL of a segment as a person runs it: over the tables themselves, in any dialect."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from penstock import clock
from penstock.catalog.entities import Model
from penstock.errors import ConfigurationError, Problem
from penstock.operations.project import Project
from penstock.operations.reaching import models_read
from penstock.operations.reading import members_query, open_model
from penstock.segments.dialects.writing import written
from penstock.warehouses.contract import Warehouse


def segment_sql(project: Project, name: str, dialect: str | None = None) -> tuple[str, str]:
    """Return the dialect, by default the source's own, and the query of the members, laid out in lines.

    Raises ConfigurationError, SourceError.
    """
    segment = project.segment(name)
    with open_model(project, project.catalog.models[segment.model]) as opened:
        query = members_query(project, segment, opened, clock.now())
        target = dialect or opened.warehouse.dialect
        return target, _over_tables(query, models_read(query, project, opened.model), opened.warehouse, target)


def _over_tables(query: exp.Select, models: Mapping[str, Model], warehouse: Warehouse, dialect: str) -> str:
    """Write the query with the tables of its models, and the models that are SQL in front of it."""
    own = dialect == warehouse.dialect
    selects = {name: warehouse.select_of(model) if own else model.sql for name, model in models.items()}
    for table in list(query.find_all(exp.Table)):
        if selects[table.name] is None:
            _name(table, models[table.name].table or "", warehouse)
    if not own:
        for name, model in models.items():
            if model.sql is not None:
                query = query.with_(exp.to_identifier(name, quoted=True), as_=_parsed(model, warehouse.dialect))
        return written(query, dialect, names_of=warehouse.dialect, pretty=True)
    parts = [
        f"{exp.to_identifier(name, quoted=True).sql(dialect=dialect)} AS (\n{select}\n)"
        for name, select in selects.items()
        if select is not None
    ]
    text = written(query, dialect, pretty=True)
    return f"WITH {', '.join(parts)}\n{text}" if parts else text


def _name(table: exp.Table, name: str, warehouse: Warehouse) -> None:
    """Put a table of the source in the place of what stands for it; `schema.table` is quoted part by part."""
    own = name.lower() in {each.lower() for each in warehouse.tables()}
    parts = [exp.to_identifier(part, quoted=True) for part in ([name] if own else name.split("."))]
    for place, part in zip(("this", "db", "catalog"), reversed(parts), strict=False):
        table.set(place, part)


def _parsed(model: Model, dialect: str) -> exp.Query:
    try:
        parsed = sqlglot.parse_one(model.sql or "", read=dialect)
    except SqlglotError as error:
        raise _not_translatable(model) from error
    if not isinstance(parsed, exp.Query):
        raise _not_translatable(model)
    return parsed


def _not_translatable(model: Model) -> ConfigurationError:
    problem = Problem(
        code="model_sql_not_translatable",
        message=f"Model `{model.name}`: its SQL cannot be translated into another dialect.",
        fix="Leave `--dialect` out to see the segment in the SQL of its source.",
        location=model.location,
    )
    return ConfigurationError.of([problem])
