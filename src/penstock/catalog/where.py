"""The shape of a segment's conditions: how they are read, and their grammar for editors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penstock.catalog.condition_reading import read_condition
from penstock.catalog.conditions import Aggregate, Condition, Have, Operator
from penstock.catalog.nodes import Node
from penstock.catalog.operands import SPAN_PATTERN
from penstock.catalog.operators import CASE_MATTERS_TO, OPERATORS, Takes
from penstock.catalog.reading import Reading
from penstock.catalog.related_reading import MEASURING
from penstock.catalog.shapes import JsonSchema

CONDITION_REFERENCE: Final[JsonSchema] = {"$ref": "#/$defs/condition"}

PATH_SCHEMA: Final[JsonSchema] = {
    "anyOf": [
        {"type": "string", "pattern": r"\S"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}

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
    return {"oneOf": [*_groups(), _related(), _did(), *_others(), comparison_schema()]}


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


def _related() -> JsonSchema:
    figures = {aggregate.value: _figure(aggregate) for aggregate in Aggregate}
    return {
        "type": "object",
        "properties": {
            "related": {
                **PATH_SCHEMA,
                "description": "The relation that leads to the rows; or several, with dots.",
            },
            "where": {**CONDITION_REFERENCE, "description": "What must hold for the related rows."},
            "within": {
                **comparison_schema(),
                "description": "The related rows that are looked at, by a field of theirs.",
            },
            "have": {
                "enum": list(Have),
                "description": "For how many of the rows it must hold: any, all (and there is one), or none.",
                "default": str(Have.ANY),
            },
            **figures,
        },
        "required": ["related"],
        "additionalProperties": False,
    }


def _figure(aggregate: Aggregate) -> JsonSchema:
    of = {} if aggregate is Aggregate.COUNT else {"of": {"type": "string", "description": "The field measured."}}
    operators = {operator.value: _asked(operator) for operator in MEASURING}
    return {
        "type": "object",
        "description": f"The {aggregate.value} of the related rows, compared with a value.",
        "properties": {**of, **operators},
        "required": list(of),
        "additionalProperties": False,
        "minProperties": len(of) + 1,
    }


def _asked(operator: Operator) -> JsonSchema:
    spec = OPERATORS[operator]
    return {**_OPERANDS[spec.takes], "description": spec.help}


def _did() -> JsonSchema:
    where = {**CONDITION_REFERENCE, "description": "What must hold for it."}
    did = {**PATH_SCHEMA, "description": "The relation to events that tell what was done."}
    then = {
        "type": "object",
        "description": "What was done later.",
        "properties": {"did": did, "where": where},
        "required": ["did"],
        "additionalProperties": False,
    }
    within = {**_OPERANDS[Takes.SPAN], "description": "How much later at most."}
    return {
        "type": "object",
        "properties": {"did": did, "where": where, "then": then, "within": within},
        "required": ["did", "then"],
        "additionalProperties": False,
    }


def _others() -> list[JsonSchema]:
    text: JsonSchema = {"type": "string", "pattern": r"\S"}
    return [
        _group("segment", text, "The row is in this other segment of the same model."),
        _group("sql", text, "This expression in the source's own SQL is true."),
    ]


def comparison_schema() -> JsonSchema:
    """Return the grammar of a condition on one field."""
    properties: JsonSchema = {"field": {"type": "string", "description": "The model field that is asked."}}
    for operator in OPERATORS:
        properties[operator.value] = _asked(operator)
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
