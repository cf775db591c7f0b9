"""What a segment can ask about: models with fields and relations, as queries name them, and other segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from penstock.catalog.computed import ComputedField
from penstock.catalog.entities import Model, Relation, Segment
from penstock.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """A model as queries see it: the fields of its source, and the table, view or CTE that has its rows."""

    model: Model
    fields: Mapping[str, Field]
    relation: exp.Table

    def relation_named(self, name: str) -> Relation | None:
        """Return the model's relation of that name."""
        return next((relation for relation in self.model.relations if relation.name == name), None)

    def computed_named(self, name: str) -> ComputedField | None:
        """Return the model's computed field of that name."""
        return next((computed for computed in self.model.computed if computed.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The models that can be reached, by name; `links` are the tables of relations through a table, by its name."""

    models: Mapping[str, ModelShape]
    segments: Mapping[str, Segment] = field(default_factory=dict)
    links: Mapping[str, LinkShape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShape:
    """A table that only links rows of two models."""

    fields: Mapping[str, Field]
    relation: exp.Table
