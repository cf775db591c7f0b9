"""What a model's rows can be asked about: its own source's models and tables, each looked at when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from sqlglot import exp

from penstock.catalog.entities import Model, ModelKind, Relation
from penstock.errors import ConfigurationError, Problem
from penstock.operations.project import Project
from penstock.segments.paths import relation_problem
from penstock.segments.rows import Aliases
from penstock.segments.schema import LinkShape, ModelShape, Schema
from penstock.warehouses.contract import MODEL_VIEW, Warehouse

_T = TypeVar("_T")


def schema_of(project: Project, main: Model, warehouse: Warehouse) -> Schema:
    """Return what the rows of a model can be asked about; looking it up raises SourceError, ConfigurationError.

    A model of another source has no fields here: no relation leads to it.
    """
    models, links = project.catalog.models, _links(project)
    names = _Names(project, main)

    def model_shape(name: str) -> ModelShape:
        fields = warehouse.fields(models[name]) if models[name].source == main.source else {}
        return ModelShape(model=models[name], fields=fields, relation=_table(names.models[name]))

    def link_shape(table: str) -> LinkShape:
        return LinkShape(
            fields=warehouse.fields(_link_model(links[table], main)), relation=_table(names.links[table])
        )

    return Schema(
        models=_Lazy(models, model_shape), segments=project.catalog.segments, links=_Lazy(links, link_shape)
    )


def models_read(query: exp.Expr, project: Project, main: Model) -> dict[str, Model]:
    """Return what a query reads, models and tables of relations as such, by the relation that stands for each."""
    read = {table.name for table in query.find_all(exp.Table)}
    names = _Names(project, main)
    found = {names.models[name]: model for name, model in project.catalog.models.items()}
    found |= {names.links[table]: _link_model(relation, main) for table, relation in _links(project).items()}
    return {name: model for name, model in found.items() if name in read}


def relation_problems(model: Model, schema: Schema) -> list[Problem]:
    """Say what is wrong with the relations of a model. Raises SourceError."""
    problems: list[Problem] = []
    for relation in model.relations:
        try:
            found = relation_problem(schema.models[model.name], relation, schema)
            problems += [found] if found else []
        except ConfigurationError as error:
            problems += error.problems
    return problems


class _Lazy(Mapping[str, _T]):
    """Things by name, each made when it is first asked for."""

    def __init__(self, names: Mapping[str, object], make: Callable[[str], _T]) -> None:
        self._names = names
        self._make = make
        self._made: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Names:
    """The relations that stand for models and for tables of relations: each short enough, and like no other."""

    def __init__(self, project: Project, main: Model) -> None:
        aliases = Aliases()
        self.models = {main.name: aliases.next(MODEL_VIEW)}
        for name in project.catalog.models:
            if name != main.name:
                self.models[name] = aliases.next(f"{MODEL_VIEW}_{name}")
        self.links = {table: aliases.next(f"{MODEL_VIEW}:{table}") for table in _links(project)}


def _links(project: Project) -> dict[str, Relation]:
    """The relations that go through tables, by the names of these."""
    relations = [relation for model in project.catalog.models.values() for relation in model.relations]
    return {relation.through.table: relation for relation in relations if relation.through is not None}


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _link_model(relation: Relation, main: Model) -> Model:
    """The table of a relation, as a model of the same source; nobody asks for its key."""
    name = "" if relation.through is None else relation.through.table
    return Model(
        name=name, source=main.source, table=name, kind=ModelKind.CUSTOM, primary_key="", location=relation.location
    )
