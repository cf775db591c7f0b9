"""The models that a segment's conditions lead to, as queries see them."""

from __future__ import annotations

from sqlglot import exp

from penstock.catalog.entities import Model, ModelKind, Relation, Segment
from penstock.errors import ConfigurationError, Location, Problem
from penstock.operations.project import Project
from penstock.segments.paths import relation_problem
from penstock.segments.reach import Reach
from penstock.segments.schema import LinkShape, ModelShape, Schema
from penstock.warehouses.contract import MODEL_VIEW, Warehouse


def reached(project: Project, segment: Segment) -> dict[str, Model]:
    """Return what a segment reads: models, and tables of relations as such, by the relation that stands for each."""
    reach = Reach(project.catalog.models, project.catalog.segments)
    reach.add(segment)
    found = {_relation(model.name, segment): model for model in reach.models.values()}
    return found | {_link(table): _link_model(table, model) for table, model in reach.links.items()}


def schema_of(project: Project, segment: Segment, warehouse: Warehouse) -> Schema:
    """Return what the segment can ask about. Raises SourceError, ConfigurationError."""
    reach = Reach(project.catalog.models, project.catalog.segments)
    reach.add(segment)
    return Schema(
        models={
            name: ModelShape(
                model=model,
                fields=warehouse.fields(model),
                relation=_table(_relation(name, segment)),
            )
            for name, model in reach.models.items()
        },
        segments=project.catalog.segments,
        links={
            table: LinkShape(fields=warehouse.fields(_link_model(table, model)), relation=_table(_link(table)))
            for table, model in reach.links.items()
        },
    )


def relation_problems(project: Project, model: Model, warehouse: Warehouse) -> list[Problem]:
    """Say what is wrong with the relations of a model. Raises SourceError."""
    problems: list[Problem] = []
    for relation in model.relations:
        try:
            found = relation_problem(
                _shape(model, warehouse), relation, _related_schema(project, relation, model, warehouse)
            )
            problems += [found] if found else []
        except ConfigurationError as error:
            problems += error.problems
    return problems


def _related_schema(project: Project, relation: Relation, model: Model, warehouse: Warehouse) -> Schema:
    """Return what a relation of the model leads to; of another source it is not asked for."""
    target, links = project.catalog.models[relation.model], {}
    if target.source != model.source:
        return Schema(models={target.name: ModelShape(model=target, fields={}, relation=_table(target.name))})
    if relation.through is not None:
        link = _link_model(relation.through.table, model, relation.location)
        links[link.name] = LinkShape(fields=warehouse.fields(link), relation=_table(link.name))
    return Schema(models={target.name: _shape(target, warehouse)}, links=links)


def _shape(model: Model, warehouse: Warehouse) -> ModelShape:
    return ModelShape(model=model, fields=warehouse.fields(model), relation=_table(model.name))


def _relation(model: str, segment: Segment) -> str:
    return MODEL_VIEW if model == segment.model else f"{MODEL_VIEW}_{model}"


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _link(table: str) -> str:
    return f"{MODEL_VIEW}:{table}"


def _link_model(table: str, model: Model, location: Location | None = None) -> Model:
    """A table of a relation, as a model of the same source; nobody asks for its key."""
    return Model(
        name=table,
        source=model.source,
        table=table,
        kind=ModelKind.CUSTOM,
        primary_key="",
        location=location or model.location,
    )
