"""Which model types Zendesk's types take, and what they become. Source: Zendesk's API reference."""

from __future__ import annotations

from typing import Final

from penstock.destinations.zendesk.standard_attributes import AttributeType
from penstock.fields import NUMBERS, TIMES, FieldType, Kind, is_whole
from penstock.mapping.conversions import Conversion, Target

INSTANT_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""How Zendesk writes a date and time, and how one is written into a text."""

LONGEST_TEXT: Final = 255
"""Characters for which a new field of the type text is made; longer ones need a textarea."""

_TEXTS = frozenset({"text", "textarea", "regexp"})


def conversion_to(type_: str, source: FieldType) -> Conversion | None:
    """Return the conversion into a user field or attribute of that type; None where the types clash."""
    if type_ in _TEXTS:
        return _text(source)
    if type_ in {"integer", "lookup"}:
        return Conversion(source=source, target=Target.INTEGER) if is_whole(source) else None
    if type_ == "decimal":
        return _number(source)
    if type_ == "checkbox":
        boolean = source.kind is Kind.BOOLEAN
        return Conversion(source=source, target=Target.BOOLEAN, null_is_false=True) if boolean else None
    if type_ == "date":
        return Conversion(source=source, target=Target.DATE) if source.kind in TIMES else None
    if type_ == "dropdown":
        return Conversion(source=source, target=Target.TEXT) if source.kind is Kind.TEXT else None
    if type_ == "multiselect":
        return _list(source, Kind.TEXT, cleared="null")
    return None


def conversion_to_standard(type_: AttributeType, source: FieldType) -> Conversion | None:
    """Return the conversion into a standard attribute.

    Other than in a user field, null is not false: what was never sent is left alone, also a user's suspension.
    """
    if type_ is AttributeType.CHECKBOX:
        boolean = source.kind is Kind.BOOLEAN
        return Conversion(source=source, target=Target.BOOLEAN, cleared="false") if boolean else None
    if type_ is AttributeType.TEXTS:
        return _list(source, Kind.TEXT, cleared="[]")
    if type_ is AttributeType.INTEGERS:
        return _list(source, Kind.INTEGER, cleared="[]")
    if type_ is AttributeType.TEXT and source.kind in TIMES:
        return None
    return conversion_to(type_.value, source)


def new_type(source: FieldType, asked: str | None = None) -> str | None:
    """Return the type of the user field to create for a model field; None for what no user field can hold.

    A text may turn out to need a textarea, which takes the same values.
    """
    if asked is not None:
        return asked if conversion_to(asked, source) is not None else None
    if source.kind in {Kind.TEXT, Kind.TIMESTAMP, Kind.INSTANT}:
        return "text"
    if source.kind in NUMBERS:
        return "integer" if is_whole(source) else "decimal"
    return {Kind.BOOLEAN: "checkbox", Kind.DATE: "date"}.get(source.kind)


def _text(source: FieldType) -> Conversion | None:
    if source.kind is Kind.TEXT or is_whole(source):
        return Conversion(source=source, target=Target.TEXT)
    if source.kind is Kind.DATE:
        return Conversion(source=source, target=Target.DATE)
    return Conversion(source=source, target=Target.INSTANT) if source.kind in TIMES else None


def _number(source: FieldType) -> Conversion | None:
    if is_whole(source):
        return Conversion(source=source, target=Target.INTEGER)
    return Conversion(source=source, target=Target.NUMBER) if source.kind in NUMBERS else None


def _list(source: FieldType, element: Kind, *, cleared: str) -> Conversion | None:
    if source.kind is not Kind.LIST or source.members[0][1].kind is not element:
        return None
    return Conversion(source=source, target=Target.JSON, cleared=cleared)
