"""Reads a project's folder into the catalog, or tells every mistake in it at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from penstock.catalog.activation_building import ActivationBuilder
from penstock.catalog.building import build_destination, build_model, build_segment, build_settings, build_source
from penstock.catalog.declaration import DestinationSpec
from penstock.catalog.entities import Catalog
from penstock.catalog.environment import Environment
from penstock.catalog.problems import Problems
from penstock.catalog.project_files import read_files
from penstock.catalog.reading import Names
from penstock.catalog.sections import Section, read_sections, read_settings, split
from penstock.errors import ConfigurationError, Problem


def load_catalog(
    root: Path,
    *,
    destination_types: Mapping[str, DestinationSpec],
    environment: Mapping[str, str],
    with_secrets: bool = True,
) -> tuple[Catalog, tuple[Problem, ...]]:
    """Return the project in the folder, and the warnings about it.

    Whoever connects to no destination can do without secrets: they stay empty then, and may be missing.
    ConfigurationError carries every mistake of every file, in the files' order.
    """
    root = root.resolve()
    problems = Problems()
    files = read_files(root, problems)
    parts = split(files.documents, problems)
    names = Names(declared={section: parts.names(section) for section in Section}, complete=files.complete)
    entries = read_sections(parts, names, destination_types, Environment(environment, with_secrets), problems)
    settings = build_settings(read_settings(parts, names, problems))
    builder = ActivationBuilder(
        destinations={
            name: destination_types.get(entry.text("type") or "")
            for name, entry in entries[Section.DESTINATIONS].items()
        },
        problems=problems,
    )
    activations = {name: builder.build(name, entry) for name, entry in entries[Section.ACTIVATIONS].items()}
    refusals = problems.refusals()
    if refusals:
        raise ConfigurationError.of(refusals)
    catalog = Catalog(
        root=root,
        sources={name: build_source(name, entry, root) for name, entry in entries[Section.SOURCES].items()},
        models={name: build_model(name, entry) for name, entry in entries[Section.MODELS].items()},
        segments={name: build_segment(name, entry) for name, entry in entries[Section.SEGMENTS].items()},
        destinations={
            name: build_destination(name, entry, destination_types[entry.required("type")])
            for name, entry in entries[Section.DESTINATIONS].items()
        },
        activations={name: activation for name, activation in activations.items() if activation is not None},
        settings=settings,
    )
    return catalog, problems.warnings()
