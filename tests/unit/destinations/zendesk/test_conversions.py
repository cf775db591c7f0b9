"""Which model types each of Zendesk's types takes."""

import pytest

from penstock.destinations.zendesk.conversions import conversion_to, conversion_to_standard
from penstock.destinations.zendesk.standard_attributes import AttributeType
from penstock.mapping.conversions import Target
from tests.unit.destinations.zendesk.account_samples import TYPES

_TEXT = {
    "text": Target.TEXT,
    "integer": Target.TEXT,
    "whole_decimal": Target.TEXT,
    "date": Target.DATE,
    "timestamp": Target.INSTANT,
    "instant": Target.INSTANT,
}
_WHOLE = {"integer": Target.INTEGER, "whole_decimal": Target.INTEGER}
TAKEN = {
    "text": _TEXT,
    "textarea": _TEXT,
    "regexp": _TEXT,
    "integer": _WHOLE,
    "lookup": _WHOLE,
    "decimal": {**_WHOLE, "decimal": Target.NUMBER, "float": Target.NUMBER},
    "checkbox": {"boolean": Target.BOOLEAN},
    "date": {"date": Target.DATE, "timestamp": Target.DATE, "instant": Target.DATE},
    "dropdown": {"text": Target.TEXT},
    "multiselect": {"texts": Target.JSON},
    "hologram": {},
}
STANDARD = {
    AttributeType.TEXT: dict.fromkeys(("text", "integer", "whole_decimal"), Target.TEXT),
    AttributeType.INTEGER: _WHOLE,
    AttributeType.CHECKBOX: {"boolean": Target.BOOLEAN},
    AttributeType.TEXTS: {"texts": Target.JSON},
    AttributeType.INTEGERS: {"integers": Target.JSON},
}


@pytest.mark.parametrize("type_", TAKEN)
def test_a_user_field_takes(type_: str) -> None:
    found = {name: conversion_to(type_, source) for name, source in TYPES.items()}
    assert {name: conversion.target for name, conversion in found.items() if conversion} == TAKEN[type_]


@pytest.mark.parametrize("type_", STANDARD)
def test_a_standard_attribute_takes(type_: AttributeType) -> None:
    found = {name: conversion_to_standard(type_, source) for name, source in TYPES.items()}
    assert {name: conversion.target for name, conversion in found.items() if conversion} == STANDARD[type_]


def test_only_a_checkbox_of_a_user_field_is_never_empty() -> None:
    field = conversion_to("checkbox", TYPES["boolean"])
    attribute = conversion_to_standard(AttributeType.CHECKBOX, TYPES["boolean"])
    assert field is not None
    assert attribute is not None
    assert (field.null_is_false, attribute.null_is_false) == (True, False)
    assert attribute.cleared == "false"


def test_tags_are_cleared_by_an_empty_list() -> None:
    tags, topics = (
        conversion_to_standard(AttributeType.TEXTS, TYPES["texts"]),
        conversion_to("multiselect", TYPES["texts"]),
    )
    assert tags is not None
    assert topics is not None
    assert (tags.cleared, topics.cleared) == ("[]", "null")
