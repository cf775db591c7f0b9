"""The models that a segment's conditions lead to, as queries see them."""

from __future__ import annotations

from sqlglot import exp

from penstock.catalog.entities import Model, ModelKind, Segment
from penstock.operations.project import Project
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


def _relation(model: str, segment: Segment) -> str:
    return MODEL_VIEW if model == segment.model else f"{MODEL_VIEW}_{model}"


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _link(table: str) -> str:
    return f"{MODEL_VIEW}:{table}"


def _link_model(table: str, model: Model) -> Model:
    """A table of a relation, as a model of the same source; nobody asks for its key."""
    return Model(
        name=table, source=model.source, table=table, kind=ModelKind.CUSTOM, primary_key="", location=model.location
    )
