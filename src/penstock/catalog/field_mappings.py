"""The fields and custom attributes of an activation → its field mappings, each destination field once."""

from __future__ import annotations

from penstock.catalog.entities import FieldMapping, WhenEmpty
from penstock.catalog.problems import Problems
from penstock.catalog.reading import Entry, Value


def field_mappings(activation: str, entry: Entry, problems: Problems) -> tuple[FieldMapping, ...]:
    """Return the mappings in the order in which they are written."""
    mappings: dict[str, FieldMapping] = {}
    for target, value in entry.mapping("fields").items():
        mapping = _mapping(target, value)
        if mapping is not None:
            mappings[target] = mapping
    for value in entry.items("custom_attributes"):
        name, type_ = _custom_attribute(value)
        if name is None:
            continue
        if name in mappings:
            problems.refuse(
                value.location,
                "mapped_twice",
                f"Activation `{activation}` fills the destination field `{name}` twice; the first time on line"
                f" {mappings[name].location.line}.",
                "Keep one of the two.",
            )
            continue
        mappings[name] = FieldMapping(target=name, source=name, custom=True, type=type_, location=value.location)
    _check_any(activation, entry, problems)
    return tuple(mappings.values())


def _custom_attribute(value: Value) -> tuple[str | None, str | None]:
    if isinstance(value.value, Entry):
        return value.value.text("field"), value.value.text("type")
    return str(value.value), None


def _mapping(target: str, value: Value) -> FieldMapping | None:
    if isinstance(value.value, str):
        return FieldMapping(target=target, source=value.value, location=value.location)
    if not isinstance(value.value, Entry):
        return None
    source = value.value.text("from")
    if source is None:
        return None
    when_empty = WhenEmpty(value.value.text("empty") or WhenEmpty.LEAVE)
    return FieldMapping(target=target, source=source, when_empty=when_empty, location=value.location)


def _check_any(activation: str, entry: Entry, problems: Problems) -> None:
    keys = ("fields", "custom_attributes")
    if any(key in entry.places and key not in entry.values for key in keys):
        # What was refused there has been told.
        return
    if entry.mapping("fields") or entry.items("custom_attributes"):
        return
    problems.refuse(
        entry.location,
        "nothing_mapped",
        f"Activation `{activation}` maps no field, so there is nothing to send.",
        "Add `fields:`, as in `fields: {firstName: first_name}`, or `custom_attributes:`.",
    )
