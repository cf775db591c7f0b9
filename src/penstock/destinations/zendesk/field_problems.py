"""The sentences about fields that do not fit."""

from __future__ import annotations

from penstock.catalog.entities import FieldMapping
from penstock.destinations.zendesk.user_fields import UserField
from penstock.errors import Problem, Severity
from penstock.fields import Field, Kind

_REMOVE = "Remove this mapping."

_MAKE = {
    "text": "cast `{0}` to VARCHAR",
    "textarea": "cast `{0}` to VARCHAR",
    "regexp": "cast `{0}` to VARCHAR",
    "dropdown": "cast `{0}` to VARCHAR",
    "integer": "cast `{0}` to BIGINT",
    "lookup": "cast `{0}` to BIGINT",
    "decimal": "cast `{0}` to DECIMAL(18, 2)",
    "checkbox": "cast `{0}` to BOOLEAN",
    "date": "cast `{0}` to DATE",
    "multiselect": "make a list of text of `{0}`",
    "list of text": "make a list of text of `{0}`",
    "list of integers": "make a list of whole numbers of `{0}`",
}

_PARTS = {
    Kind.LIST: "Join the list into a text in the model's SQL, as in `array_to_string({0}, ', ') AS {0}`.",
    Kind.STRUCT: "Select its parts in the model's SQL, as in `{0}.city AS city`, and list those.",
    Kind.MAP: "Select its values in the model's SQL, as in `{0}['city'] AS city`, and list those.",
    Kind.JSON: "Select its values in the model's SQL, as in `{0} ->> 'city' AS city`, and list those.",
}


def unknown_model_field(mapping: FieldMapping) -> Problem:
    """The model has no such field."""
    return _refusal(
        mapping,
        "unknown_model_field",
        f"The model has no field `{mapping.source}`, mapped to `{mapping.target}`.",
        "Correct the name, or add the field to the model.",
    )


def type_clash(mapping: FieldMapping, source: Field, what: str, type_: str) -> Problem:
    """Zendesk would refuse every value; `what` names the field there."""
    make = _MAKE.get(type_, "turn `{0}` into what it takes").format(source.name)
    return _refusal(
        mapping,
        "type_clash",
        f"Zendesk's {what} is of the type {type_}, but `{source.name}` is {source.type}.",
        f"In the model's SQL {make}, or map another field.",
    )


def custom_type_clash(mapping: FieldMapping, source: Field, field: UserField) -> Problem:
    """The user field of a custom attribute exists and is of another type."""
    return _refusal(
        mapping,
        "type_clash",
        f"Zendesk has a user field `{field.key}` already, of the type {field.type}, but `{source.name}` is"
        f" {source.type}. Zendesk does not change the type of a field.",
        f"In the model's SQL {_MAKE.get(field.type, 'turn `{0}` into that').format(source.name)}, or give the field"
        " another name there, so that a new user field is made.",
    )


def asked_type_clash(mapping: FieldMapping, field: UserField) -> Problem:
    """The user field exists, and not with the type that is asked for."""
    return _refusal(
        mapping,
        "type_clash",
        f"Zendesk's user field `{field.key}` is of the type {field.type}, not {mapping.type}, as `{mapping.target}`"
        " asks for. Zendesk does not change the type of a field.",
        "Remove `type`, or give the field another name in the model's SQL, so that a new user field is made.",
    )


def unsupported_type(mapping: FieldMapping, source: Field) -> Problem:
    """No user field can hold values of the type."""
    if mapping.type is not None:
        message = f"`{source.name}` is {source.type}, of which no user field of the type {mapping.type} can be made."
        return _refusal(mapping, "unsupported_type", message, "Remove `type`, or cast the field in the model's SQL.")
    fix = _PARTS.get(source.type.kind, "Cast it in the model's SQL, for example to VARCHAR, or take it off the list.")
    message = f"`{source.name}` is of the type {source.type}, which no user field of Zendesk can hold."
    return _refusal(mapping, "unsupported_type", message, fix.format(source.name))


def read_only(mapping: FieldMapping, *, also_a_field: bool) -> Problem:
    """Zendesk drops what is sent for the attribute, and says success."""
    fix = "Remove this mapping. To keep the value all the same, list the model's field under `custom_attributes`."
    if also_a_field:
        fix = f"For the user field of that key write `user_fields.{mapping.target}`."
    return _refusal(mapping, "system_field", f"Zendesk never lets `{mapping.target}` be written.", fix)


def not_mapped(mapping: FieldMapping, why: str, fix: str) -> Problem:
    """The attribute is none for a mapping."""
    return _refusal(mapping, "unmappable_attribute", why, fix)


def match_attribute(mapping: FieldMapping) -> Problem:
    """The match attribute is mapped as a field as well."""
    return _refusal(
        mapping,
        "identity_field",
        f"`{mapping.target}` is what users are matched on: it is sent with everybody who may be new, and never"
        " changed for those who are known.",
        _REMOVE,
    )


def risky_attribute(mapping: FieldMapping, caution: str) -> Problem:
    """What whoever maps the attribute must know."""
    return _warning(
        mapping,
        "risky_attribute",
        f"`{mapping.target}` is mapped. {caution}",
        "Remove the mapping unless this is what you want.",
    )


def inactive_field(mapping: FieldMapping, field: UserField) -> Problem:
    """Agents do not see the field."""
    return _warning(
        mapping,
        "inactive_field",
        f"Zendesk's user field `{field.key}` is not active: its values are kept, but nobody sees them.",
        "Activate the field in Zendesk (Admin Center, People, User fields), or remove the mapping.",
    )


def filled_twice(mapping: FieldMapping, first: FieldMapping, key: str) -> Problem:
    """Two mappings would fill one user field."""
    return _refusal(
        mapping,
        "mapped_twice",
        f"`{first.target}` and `{mapping.target}` would both fill Zendesk's `{key}`.",
        "Keep one of the two, or give one of the fields another name in the model's SQL.",
    )


def _refusal(mapping: FieldMapping, code: str, message: str, fix: str) -> Problem:
    return Problem(code=code, message=message, fix=fix, location=mapping.location)


def _warning(mapping: FieldMapping, code: str, message: str, fix: str) -> Problem:
    return Problem(code=code, message=message, fix=fix, location=mapping.location, severity=Severity.WARNING)
