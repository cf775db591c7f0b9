"""Suggesting relations: what the source declares and what names say, checked against the values that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from penstock.catalog.entities import Model, ModelKind
from penstock.catalog.relation_suggestions import Reference, Rows, Suggestion, suggest
from penstock.operations.project import Project, find
from penstock.operations.reading import OpenModel, open_model, source_errors
from penstock.quoting import quote_name
from penstock.segments.paths import relation_problem
from penstock.segments.schema import LinkShape, ModelShape, Schema
from penstock.warehouses.contract import Warehouse

MOST_TABLES = 200
"""In a source with more tables, those of which no model speaks are not looked at."""
VALUES = 1_000
"""So many different values of a reference are looked for in the other model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A suggestion, and how many of the values that were looked for are there: the fewest of its references."""

    suggestion: Suggestion
    values: int
    found: int


def suggest_relations(project: Project, model: str | None = None) -> tuple[Checked, ...]:
    """Suggest relations of a model, or of all of them. Raises ConfigurationError, SourceError."""
    catalog = project.catalog
    wanted = catalog.models if model is None else {model: find(catalog.models, model, "model")}
    found: list[Checked] = []
    for source in dict.fromkeys(each.source for each in wanted.values()):
        models = [each for each in catalog.models.values() if each.source == source]
        with open_model(project, models[0], refuse=False) as opened, source_errors(models[0]):
            found += [each for each in _of_source(opened, models) if each.suggestion.model.name in wanted]
    return tuple(found)


def _of_source(opened: OpenModel, models: Sequence[Model]) -> Iterator[Checked]:
    warehouse = opened.warehouse
    shapes = {
        each.name: ModelShape(model=each, fields=warehouse.fields(each), relation=exp.to_table("t"))
        for each in models
    }
    tables = [name for name in warehouse.tables() if name not in {model.table for model in models}]
    links = {
        name: LinkShape(fields=warehouse.fields(_as_model(name, models[0])), relation=exp.to_table("t"))
        for name in (tables if len(tables) <= MOST_TABLES else ())
    }
    rows = [Rows(name=name, model=shape.model, columns=tuple(shape.fields)) for name, shape in shapes.items()]
    rows += [Rows(name=name, model=None, columns=tuple(link.fields)) for name, link in links.items()]
    schema, values = Schema(models=shapes, links=links), _Values(warehouse)
    for suggestion in suggest(rows, warehouse.foreign_keys()):
        if relation_problem(shapes[suggestion.model.name], suggestion.relation, schema) is None:
            figures = [values.found(each) for each in suggestion.references]
            looked_for, found = min(figures, key=lambda pair: pair[1] / pair[0] if pair[0] else 1)
            yield Checked(suggestion=suggestion, values=looked_for, found=found)


def _as_model(table: str, like: Model) -> Model:
    return Model(
        name=table, source=like.source, table=table, kind=ModelKind.CUSTOM, primary_key="", location=like.location
    )


class _Values:
    """Looks for the values of references, once for each; rows are lent when they are first needed."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._lent: list[tuple[Model, str]] = []
        self._found: dict[tuple[str, str, tuple[str, ...]], tuple[int, int]] = {}

    def found(self, reference: Reference) -> tuple[int, int]:
        """Return how many values were looked for in the other model, and how many of them are there."""
        key = (reference.rows.name, reference.model.name, tuple(reference.on))
        if key not in self._found:
            self._found[key] = self._looked_for(reference)
        return self._found[key]

    def _looked_for(self, reference: Reference) -> tuple[int, int]:
        mine = self._relation(reference.rows.model or _as_model(reference.rows.name, reference.model))
        theirs = self._relation(reference.model)
        own = [f"{quote_name(name)} AS k{number}" for number, name in enumerate(reference.on)]
        known = [f"{quote_name(name)} IS NOT NULL" for name in reference.on]
        other = [f"{quote_name(name)} AS k{number}" for number, name in enumerate(reference.on.values())]
        equal = " AND ".join(f"o.k{number} = s.k{number}" for number in range(len(own)))
        some = f"SELECT DISTINCT {', '.join(own)} FROM {mine} WHERE {' AND '.join(known)} LIMIT {VALUES}"
        there = f"SELECT DISTINCT {', '.join(other)}, 1 AS hit FROM {theirs}"
        rows = self._warehouse.query(
            f"SELECT count(*), count(o.hit) FROM ({some}) AS s LEFT JOIN ({there}) AS o ON {equal}"
        )
        return int(str(rows[0][0])), int(str(rows[0][1]))

    def _relation(self, model: Model) -> str:
        name = next((relation for lent, relation in self._lent if lent == model), None)
        if name is None:
            name = f"penstock_rows_{len(self._lent) + 1}"
            self._warehouse.lend(model, name)
            self._lent.append((model, name))
        return name
