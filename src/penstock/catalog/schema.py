"""The JSON Schema of project files, for editors; made of the tables of keys that the loader validates with."""

from __future__ import annotations

from collections.abc import Mapping

from penstock.catalog.declaration import DestinationSpec
from penstock.catalog.destination_keys import destination_record
from penstock.catalog.keys import ENTITIES, SECTIONS, SETTINGS, SOURCE, SOURCES
from penstock.catalog.records import Record
from penstock.catalog.shapes import JsonSchema
from penstock.catalog.where import condition_schema


def json_schema(destination_types: Mapping[str, DestinationSpec]) -> dict[str, object]:
    """Return the schema (JSON Schema 2020-12) of a project file."""
    sections = {
        **{name: _list_of(record.schema()) for name, record in ENTITIES.items()},
        "sources": _list_of(_by_type(SOURCE, SOURCES)),
        "destinations": _list_of({"$ref": "#/$defs/destination"}),
        "settings": _or_nothing(SETTINGS.schema()),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Penstock project file",
        # An empty file is a project file as well.
        "type": ["object", "null"],
        "properties": {
            name: {**sections[name], "description": description} for name, description in SECTIONS.items()
        },
        "additionalProperties": False,
        "$defs": {
            "condition": condition_schema(),
            "destination": _destination(destination_types),
        },
    }


def _list_of(item: JsonSchema) -> JsonSchema:
    return {"type": ["array", "null"], "items": item}


def _or_nothing(schema: JsonSchema) -> JsonSchema:
    return {**schema, "type": ["object", "null"]}


def _destination(destination_types: Mapping[str, DestinationSpec]) -> JsonSchema:
    types = tuple(destination_types)
    return _by_type(
        destination_record(types, None),
        {name: destination_record(types, spec) for name, spec in destination_types.items()},
    )


def _by_type(record: Record, records: Mapping[str, Record]) -> JsonSchema:
    """Return the schema of a mapping whose keys depend on its `type`: each branch names its own."""
    return {
        **record.schema(),
        "additionalProperties": True,
        "allOf": [
            {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": each.schema()}
            for name, each in records.items()
        ],
    }
