"""Opening a project: its catalog, the warnings about it, and where its state lives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from penstock.catalog.declaration import MatchKeySpec, ReasonSpec
from penstock.catalog.entities import Activation, Catalog, Model, Segment, Source
from penstock.catalog.loading import load_catalog
from penstock.destinations.registry import DESTINATION_TYPES
from penstock.errors import ConfigurationError, Problem
from penstock.runs.home import Home, home_of

_Entity = TypeVar("_Entity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project that was read without a refusal."""

    catalog: Catalog
    warnings: tuple[Problem, ...]
    home: Home

    def activation(self, name: str) -> Activation:
        """Find an activation. Raises ConfigurationError."""
        return find(self.catalog.activations, name, "activation")

    def segment(self, name: str) -> Segment:
        """Find a segment. Raises ConfigurationError."""
        return find(self.catalog.segments, name, "segment")

    def segment_of(self, activation: Activation) -> Segment | None:
        """Return the segment that an activation sends; None when it sends a whole model."""
        return self.catalog.segments[activation.segment] if activation.segment else None

    def model_of(self, activation: Activation) -> Model:
        """Return the model whose rows an activation sends."""
        segment = self.segment_of(activation)
        return self.catalog.models[segment.model if segment else activation.model or ""]

    def source_of(self, model: Model) -> Source:
        """Return the source of a model."""
        return self.catalog.sources[model.source]


def open_project(root: Path, *, with_secrets: bool = True) -> Project:
    """Read a project's folder. Raises ConfigurationError with every mistake in it.

    Without secrets, whatever connects to no destination can be done even where no key is set.
    """
    catalog, warnings = load_catalog(
        root, destination_types=DESTINATION_TYPES, environment=os.environ, with_secrets=with_secrets
    )
    return Project(catalog=catalog, warnings=warnings, home=home_of(catalog.root))


def match_key_spec(project: Project, activation: Activation) -> MatchKeySpec:
    """Return what the service of an activation says of the identifier that it matches on."""
    destination = project.catalog.destinations[activation.destination]
    return DESTINATION_TYPES[destination.type].service(activation.service).match_key(activation.match_key)


def find(entities: Mapping[str, _Entity], name: str, what: str) -> _Entity:
    """Look a thing up by its name. Raises ConfigurationError naming what there is."""
    if name in entities:
        return entities[name]
    near = get_close_matches(name, entities, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    names = ", ".join(f"`{each}`" for each in entities)
    raise ConfigurationError(
        f"There is no {what} `{name}`.{hint}",
        fix=f"Use one of: {names}." if names else f"Declare it under `{what}s` in the project's YAML files.",
        code=f"unknown_{what}",
    )


def reason_specs(project: Project, activation: str) -> tuple[ReasonSpec, ...]:
    """Return the reasons that the service of an activation declares; none if it is no longer in the project."""
    found = project.catalog.activations.get(activation)
    if found is None:
        return ()
    destination = project.catalog.destinations[found.destination]
    return DESTINATION_TYPES[destination.type].service(found.service).reasons
