"""Starting a project: an example to change, and the schema that editors use."""

from __future__ import annotations

from pathlib import Path

from penstock.catalog.example import write_example
from penstock.catalog.schema import json_schema
from penstock.destinations.registry import DESTINATION_TYPES


def start_project(folder: Path) -> tuple[Path, ...]:
    """Write a commented example project. Raises ConfigurationError if there is a project already."""
    return write_example(folder, destination_types=DESTINATION_TYPES)


def project_schema() -> dict[str, object]:
    """Return the JSON Schema of project files, for every destination type."""
    return json_schema(DESTINATION_TYPES)
