"""The sentences about fields that do not fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from penstock.catalog.entities import FieldMapping
from penstock.destinations.iterable.conversions import iterable_type
from penstock.errors import Problem, Severity
from penstock.fields import Field, Kind

_CASTS = {
    "string": "VARCHAR",
    "long": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "TIMESTAMPTZ",
    "object": "a struct",
    "nested": "a list of structs",
    "geo_location": "a struct of `lat` and `lon`",
}


def unknown_model_field(mapping: FieldMapping) -> Problem:
    """The model has no such field."""
    return Problem(
        code="unknown_model_field",
        message=f"The model has no field `{mapping.source}`, mapped to `{mapping.target}`.",
        fix="Correct the name, or add the field to the model.",
        location=mapping.location,
    )


def unsupported_type(mapping: FieldMapping, source: Field) -> Problem:
    """The source's type cannot be sent anywhere."""
    return Problem(
        code="unsupported_type",
        message=f"`{source.name}` is of the type {source.type}, which cannot be sent.",
        fix="Cast it in the model's SQL, for example to VARCHAR, or remove this mapping.",
        location=mapping.location,
    )


def type_clash(mapping: FieldMapping, source: Field, stored: str) -> Problem:
    """Iterable would refuse every value."""
    return Problem(
        code="type_clash",
        message=f"Iterable's `{mapping.target}` is of the type {stored} for good,"
        f" but `{source.name}` is {source.type}.",
        fix=f"Cast `{source.name}` to {_CASTS.get(stored, stored)} in the model's SQL, map it to another field,"
        " or remove this mapping.",
        location=mapping.location,
    )


def unfamiliar_type(mapping: FieldMapping, stored: str) -> Problem:
    """Iterable names a type that the documentation does not."""
    return Problem(
        code="unfamiliar_type",
        message=f"Iterable's `{mapping.target}` is of the type {stored}, which Penstock does not know.",
        fix="Look at the first run's outcomes: values that do not fit are rejected by Iterable.",
        location=mapping.location,
        severity=Severity.WARNING,
    )


def unknown_field(mapping: FieldMapping, source: Field, known: Iterable[str]) -> Problem:
    """Iterable does not know the field yet, or it is misspelt."""
    name = mapping.target
    near = nearest_name(name, known)
    meant = f" Did you mean `{near}`? Names differ by case and by spaces." if near else ""
    caution = ", or as date if that value looks like one" if source.type.kind is Kind.TEXT else ""
    return Problem(
        code="unknown_field",
        message=f"Iterable does not know `{name}`. If the project allows new fields, the first value creates it as"
        f" {iterable_type(source.type)}{caution}, for ever; otherwise Iterable ignores it, and Penstock reports it as"
        f" withheld.{meant}",
        fix=f"Map to `{near}` if that is meant."
        if near
        else "Check the name, and the project's data schema settings.",
        location=mapping.location,
        severity=Severity.WARNING,
    )


def field_limit(known: int, new: int, most: int) -> Problem:
    """The project would get more fields than it may have."""
    return Problem(
        code="field_limit",
        message=f"The project has {known} user fields, and the mapping adds {new}; Iterable's limit is {most}.",
        fix="Map fewer new fields, or ask Iterable for a higher limit.",
        severity=Severity.WARNING,
    )


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known top-level name that was probably meant, if one is close."""
    candidates = [each for each in known if "." not in each]
    for each in candidates:
        if _bare(each) == _bare(name):
            return each
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.8)
    return close[0] if close else None


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
