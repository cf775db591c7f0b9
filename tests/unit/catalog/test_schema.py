"""The schema for editors says what the loader does: the same keys, the same shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from penstock.catalog.conditions import Operator
from penstock.catalog.keys import SECTIONS
from penstock.catalog.schema import json_schema

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project

JsonObject = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list,),
    # Editors see a date as text.
    "string": (str, date),
    "number": (int, float, Decimal),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def _is(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (isinstance(value, bool) is (name == "boolean"))


def mistakes(value: Any, schema: JsonObject, whole: JsonObject) -> Iterator[str]:  # noqa: C901 - a validator
    """Check a value by the part of JSON Schema that our schema uses; an unused keyword raises."""
    for keyword, rule in schema.items():
        match keyword:
            case "$schema" | "title" | "description" | "default" | "$defs" | "then":
                pass
            case "$ref":
                target = whole["$defs"][rule.removeprefix("#/$defs/")]
                yield from mistakes(value, target, whole)
            case "type":
                names = [rule] if isinstance(rule, str) else rule
                if not any(_is(value, name) for name in names):
                    yield f"{value!r} is not {names}"
            case "enum":
                yield from () if value in rule else (f"{value!r} is none of {rule}",)
            case "const":
                yield from () if value == rule else (f"{value!r} is not {rule!r}",)
            case "pattern":
                if isinstance(value, str) and not re.search(rule, value):
                    yield f"{value!r} does not fit {rule}"
            case "minimum" | "exclusiveMinimum" | "maximum":
                if _is(value, "number"):
                    low = value < rule or (value == rule and keyword == "exclusiveMinimum")
                    if (value > rule) if keyword == "maximum" else low:
                        yield f"{value} breaks {keyword} {rule}"
            case "minItems" | "maxItems":
                if isinstance(value, list):
                    wrong = len(value) < rule if keyword == "minItems" else len(value) > rule
                    yield from (f"{len(value)} items break {keyword} {rule}",) if wrong else ()
            case "items":
                for item in value if isinstance(value, list) else ():
                    yield from mistakes(item, rule, whole)
            case "properties":
                for key in rule.keys() & (value if isinstance(value, Mapping) else ()):
                    yield from mistakes(value[key], rule[key], whole)
            case "additionalProperties":
                for key in (value if isinstance(value, Mapping) else {}).keys() - schema.get("properties", {}).keys():
                    yield from mistakes(value[key], rule, whole) if isinstance(rule, dict) else ()
                    yield from (f"unknown key {key}",) if rule is False else ()
            case "required":
                for key in rule if isinstance(value, Mapping) else ():
                    yield from () if key in value else (f"no {key}",)
            case "allOf":
                for part in rule:
                    yield from mistakes(value, part, whole)
            case "anyOf" | "oneOf":
                fitting = [part for part in rule if not any(mistakes(value, part, whole))]
                if not fitting or (keyword == "oneOf" and len(fitting) > 1):
                    yield f"{value!r} fits {len(fitting)} of {keyword}"
            case "if":
                if not any(mistakes(value, rule, whole)):
                    yield from mistakes(value, schema["then"], whole)
            case _:
                raise AssertionError(keyword)


def _mistakes(project: Project) -> list[str]:
    schema = json_schema(project.types)
    found: list[str] = []
    for path in project.root.glob("*.yaml"):
        found += mistakes(YAML(typ="safe", pure=True).load(path.read_bytes()), schema, schema)
    return found


def _objects(schema: Any) -> Iterator[JsonObject]:
    if isinstance(schema, Mapping):
        if "properties" in schema and schema.get("additionalProperties") is not None:
            yield dict(schema)
        for part in schema.values():
            yield from _objects(part)
    elif isinstance(schema, Sequence) and not isinstance(schema, str):
        for part in schema:
            yield from _objects(part)


GOOD = """\
where: {all: [{field: a, is: x, match_case: true}, {not: {any: [{field: b, last: 3 days}]}}]}
---
where: {field: a, between: [1, 2]}
---
where: {field: a, on: 2024-01-31}
---
where: {all: []}
"""


def test_it_is_json_and_describes_every_key(project: Project) -> None:
    schema = json_schema(project.types)
    assert json.loads(json.dumps(schema)) == schema
    for record in _objects(schema):
        for key, value in record["properties"].items():
            assert "description" in value, key


def test_the_sections_and_operators_are_all_there(project: Project) -> None:
    schema: Any = json_schema(project.types)
    assert list(schema["properties"]) == list(SECTIONS)
    comparison = schema["$defs"]["condition"]["oneOf"][-1]
    assert comparison["properties"].keys() == {"field", "match_case", *Operator}
    assert {entry["required"][0] for entry in comparison["oneOf"]} == set(Operator)


def test_every_key_of_the_schema_is_a_key_of_the_loader(project: Project) -> None:
    """Write every key of every entity, with nonsense: the loader may refuse the values, not the keys."""
    schema: Any = json_schema(project.types)
    for section in ("sources", "models", "segments", "activations"):
        keys = schema["properties"][section]["items"]["properties"]
        project.write(f"{section}:\n  - name: x\n" + "".join(f"    {k}: []\n" for k in keys if k != "name"))
        assert "unknown_key" not in {p.code for p in project.refusals()}, section
    (branch,) = schema["$defs"]["destination"]["allOf"]
    settings = [key for key in branch["then"]["properties"] if key not in ("name", "type")]
    assert settings == ["token", "region", "base_url", "rate", "office", "formerly"]
    project.destination("{name: x, type: post, " + ", ".join(f"{key}: []" for key in settings) + "}")
    assert "unknown_key" not in {p.code for p in project.refusals()}


@pytest.mark.parametrize("where", GOOD.split("---\n"))
def test_good_conditions_fit(project: Project, where: str) -> None:
    project.where(where.removeprefix("where: ")).load()
    assert _mistakes(project) == []


@pytest.mark.parametrize(
    "rest",
    [
        "fields: {name: name, phone: {from: tel, empty: clear}}\ninsert: false\nleave: clear",
        "custom_attributes: [a, b]\nschedule: {every: 15 minutes}\nformerly: old",
    ],
)
def test_a_good_activation_fits(project: Project, rest: str) -> None:
    project.activation(rest).load()
    assert _mistakes(project) == []


@pytest.mark.parametrize(
    "text",
    [
        "modls: []",
        "sources: [{name: s, type: fils, path: x}]",
        "sources: [{name: s, type: files}]",
        "models: [{name: m, source: s, table: t, sql: x, primary_key: id}]",
        "models: [{name: m, source: s, primary_key: id}]",
        "models: [{name: 5, source: s, table: t, primary_key: id}]",
        "segments: [{name: s, model: m, where: {field: f}}]",
        "segments: [{name: s, model: m, where: {field: f, is: 1, is_not: 2}}]",
        "segments: [{name: s, model: m, where: {all: [{feld: f, is: 1}]}}]",
        "segments: [{name: s, model: m, where: {field: f, is_any_of: []}}]",
        "destinations: [{name: d, type: pst}]",
        "destinations: [{name: d, type: post}]",
        "destinations: [{name: d, type: post, token: clear}]",
        'destinations: [{name: d, type: post, token: "${A}", regon: eu}]',
        'destinations: [{name: d, type: post, token: "${A}", region: ue}]',
        'destinations: [{name: d, type: post, token: "${A}", rate: 0}]',
        "settings: {memory: lots}",
        "settings: {threads: 0}",
    ],
)
def test_what_the_loader_refuses_the_schema_refuses_too(project: Project, text: str) -> None:
    assert project.write(text).refusals()
    assert _mistakes(project)
