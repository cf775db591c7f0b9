"""The shape of a segment's conditions: how they are read, and their grammar for editors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penstock.catalog.condition_reading import read_condition
from penstock.catalog.conditions import Condition
from penstock.catalog.nodes import Node
from penstock.catalog.operands import SPAN_PATTERN
from penstock.catalog.operators import CASE_MATTERS_TO, OPERATORS, Takes
from penstock.catalog.reading import Reading
from penstock.catalog.shapes import JsonSchema

CONDITION_REFERENCE: Final[JsonSchema] = {"$ref": "#/$defs/condition"}

_ONE_VALUE: Final[JsonSchema] = {"type": ["string", "number", "boolean"]}
_OPERANDS: Final[dict[Takes, JsonSchema]] = {
    Takes.VALUE: _ONE_VALUE,
    Takes.VALUES: {"type": "array", "items": _ONE_VALUE, "minItems": 1},
    Takes.TEXT: {"type": "string"},
    Takes.PART: {"type": ["string", "number"]},
    # Editors see a date as text.
    Takes.ORDERED: {"type": ["number", "string"]},
    Takes.PAIR: {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 2, "maxItems": 2},
    Takes.MOMENT: {"type": "string"},
    Takes.SPAN: {"type": "string", "pattern": f"^{SPAN_PATTERN}$"},
    Takes.TRUE: {"const": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A tree of conditions."""

    def read(self, node: Node, reading: Reading) -> Condition | None:
        """Return the tree."""
        return read_condition(node, reading)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema: a reference to the recursive grammar."""
        return dict(CONDITION_REFERENCE)


def condition_schema() -> JsonSchema:
    """Return the grammar of a condition."""
    return {"oneOf": [*_groups(), _comparison()]}


def _groups() -> list[JsonSchema]:
    several: JsonSchema = {"type": "array", "items": CONDITION_REFERENCE}
    return [
        _group("all", several, "Every one of these conditions holds."),
        _group("any", several, "At least one of these conditions holds."),
        _group("not", CONDITION_REFERENCE, "This condition does not hold."),
    ]


def _group(key: str, value: JsonSchema, description: str) -> JsonSchema:
    return {
        "type": "object",
        "properties": {key: {**value, "description": description}},
        "required": [key],
        "additionalProperties": False,
    }


def _comparison() -> JsonSchema:
    properties: JsonSchema = {"field": {"type": "string", "description": "The model field that is asked."}}
    for operator, spec in OPERATORS.items():
        properties[operator.value] = {**_OPERANDS[spec.takes], "description": spec.help}
    words = ", ".join(operator.value for operator in OPERATORS if operator in CASE_MATTERS_TO)
    properties["match_case"] = {
        "type": "boolean",
        "description": f"Whether capital and small letters differ; beside {words}.",
        "default": False,
    }
    return {
        "type": "object",
        "properties": properties,
        "required": ["field"],
        "additionalProperties": False,
        "oneOf": [{"required": [operator.value]} for operator in OPERATORS],
    }
