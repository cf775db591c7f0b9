"""The fields and custom attributes of an activation → its field mappings, each destination field once."""

from __future__ import annotations

from dataclasses import replace

from penstock.catalog.entities import FieldMapping, When, WhenEmpty
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
        attribute = _custom_attribute(value)
        if attribute is None:
            continue
        name = attribute.target
        if name in mappings:
            problems.refuse(
                value.location,
                "mapped_twice",
                f"Activation `{activation}` fills the destination field `{name}` twice; the first time on line"
                f" {mappings[name].location.line}.",
                "Keep one of the two.",
            )
            continue
        mappings[name] = attribute
    for mapping in mappings.values():
        _check_rules(activation, mapping, problems)
    _check_any(activation, entry, problems)
    return tuple(mappings.values())


def _custom_attribute(value: Value) -> FieldMapping | None:
    name = value.value.text("field") if isinstance(value.value, Entry) else str(value.value)
    return None if name is None else replace(_ruled(name, name, value), custom=True, type=_type(value))


def _type(value: Value) -> str | None:
    return value.value.text("type") if isinstance(value.value, Entry) else None


def _mapping(target: str, value: Value) -> FieldMapping | None:
    if isinstance(value.value, str):
        return FieldMapping(target=target, source=value.value, location=value.location)
    source = value.value.text("from") if isinstance(value.value, Entry) else None
    return None if source is None else _ruled(target, source, value)


def _ruled(target: str, source: str, value: Value) -> FieldMapping:
    """Return the mapping with the rules that its long form gives."""
    if not isinstance(value.value, Entry):
        return FieldMapping(target=target, source=source, location=value.location)
    return FieldMapping(
        target=target,
        source=source,
        when=When(value.value.text("when") or When.ALWAYS),
        when_empty=WhenEmpty(value.value.text("empty") or WhenEmpty.LEAVE),
        location=value.location,
    )


def _check_rules(activation: str, mapping: FieldMapping, problems: Problems) -> None:
    if mapping.when is not When.ALWAYS and mapping.when_empty is WhenEmpty.CLEAR:
        problems.refuse(
            mapping.location,
            "conflicting_keys",
            f"Activation `{activation}` says for `{mapping.target}` both `empty: clear` and `when: {mapping.when}`,"
            " which never clears it.",
            "Keep one of the two keys.",
        )


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
