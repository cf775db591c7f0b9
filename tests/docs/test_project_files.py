"""docs/project-files.md has a table for every record of keys, and its examples load."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from penstock.catalog.destination_keys import destination_record
from penstock.catalog.keys import ENTITIES, SETTINGS
from penstock.catalog.loading import load_catalog
from penstock.catalog.records import ListOf, Part, Record, ShortOrLong
from penstock.catalog.variants import Variants
from penstock.destinations.registry import DESTINATION_TYPES
from tests.docs.blocks import blocks_of, page
from tests.docs.key_tables import RECORDS

FRAGMENTS = [
    pytest.param(text, id=f"{name}-{number}")
    for name in ("project-files", "segments", "iterable", "zendesk", "sandbox")
    for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL))
    if not text.startswith("#")
]
ENVIRONMENT = {
    "ITERABLE_API_KEY": "0" * 32,
    "ZENDESK_TOKEN": "0" * 40,
    "ZENDESK_API_TOKEN": "0" * 40,
    "SHOP_DATABASE": "shop.duckdb",
    "SHOP_URL": "postgresql://penstock@127.0.0.1/shop",
}


def _within(record: Record) -> list[Record]:
    """A record and those that stand under its keys."""
    found = [record]
    for key in record.keys:
        match key.shape:
            case ListOf(item=Record() as inner) | Part(record=inner) | ShortOrLong(long=inner):
                found += _within(inner)
            case Variants(records=records):
                found += [each for inner in records.values() for each in _within(inner)]
            case _:
                shape = getattr(key.shape, "item", None)
                if isinstance(shape, ShortOrLong):
                    found += _within(shape.long)
    return found


def test_every_record_of_keys_has_its_table() -> None:
    types = tuple(DESTINATION_TYPES)
    destinations = [destination_record(types, spec) for spec in DESTINATION_TYPES.values()]
    records = [inner for record in (*ENTITIES.values(), *destinations, SETTINGS) for inner in _within(record)]
    assert [record for record in records if record not in RECORDS.values()] == []
    assert {f"destination {name}" for name in DESTINATION_TYPES} <= set(RECORDS)
    shown = {*blocks_of(page("project-files")), *blocks_of(page("computed-fields"))}
    assert {f"keys {name}" for name in RECORDS} <= shown


def _project() -> Any:
    base = FRAGMENTS[0].values[0]
    return YAML(typ="safe").load(str(base))


@pytest.mark.parametrize("text", FRAGMENTS)
def test_an_example_loads(text: str, tmp_path: Path) -> None:
    """Each example is put into the page's first one, in place of what has its name there."""
    project, example = _project(), YAML(typ="safe").load(text)
    if "fields" in example:
        example = {"activations": [{**project["activations"][0], **example}]}
    for name, things in example.items():
        if name == "activations":
            template = project["activations"][0]
            things = [{**({} if "destination" in each else template), **each} for each in things]
        names = {each[key] for each in things for key in ("name", "formerly") if key in each}
        project[name] = [each for each in project.get(name, []) if each["name"] not in names] + things
    (tmp_path / "penstock.yaml").write_text(json.dumps(project, default=str), encoding="utf-8")
    catalog, warnings = load_catalog(tmp_path, destination_types=DESTINATION_TYPES, environment=ENVIRONMENT)
    assert catalog.activations
    assert warnings == ()
