"""Which model types an Iterable field type takes, and what they become.

A field's type is that of the first value ever received, for good; an array field shows its element's type.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.fields import NUMBERS, TIMES, FieldType, Kind, is_whole
from penstock.mapping.conversions import NATURAL_TARGETS, Conversion, Target

_OBJECTS = frozenset({Kind.STRUCT, Kind.MAP, Kind.JSON})

_ACCEPTED = {
    "string": frozenset({Kind.TEXT}),
    "long": frozenset({Kind.INTEGER}),
    "double": NUMBERS,
    "boolean": frozenset({Kind.BOOLEAN}),
    "date": TIMES,
    "object": _OBJECTS,
    "nested": _OBJECTS,
    "geo_location": _OBJECTS,
}
"""Kinds that each of Iterable's types takes, alone or as the elements of a list."""

_POINT = {"lat", "lon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedConversion:
    """The conversion into a known field, None when the types clash; `familiar` is False for a type never seen."""

    conversion: Conversion | None
    familiar: bool = True


def natural_conversion(source: FieldType) -> Conversion | None:
    """The conversion for a field that Iterable does not know; None for what cannot be sent at all."""
    if source.kind is Kind.UNSUPPORTED or _element(source).kind is Kind.UNSUPPORTED:
        return None
    if is_whole(source):
        return Conversion(source=source, target=Target.INTEGER)
    return Conversion(source=source, target=NATURAL_TARGETS[source.kind])


def conversion_to(stored: str, source: FieldType, *, identity: bool = False) -> JudgedConversion:
    """The conversion into a field of Iterable's type `stored`; identifiers also take whole numbers, as text."""
    if identity and is_whole(source):
        return JudgedConversion(conversion=Conversion(source=source, target=Target.TEXT))
    natural = natural_conversion(source)
    if stored not in _ACCEPTED:
        return JudgedConversion(conversion=natural, familiar=False)
    if natural is None or not _takes(stored, _element(source)) or (identity and source.kind is not Kind.TEXT):
        return JudgedConversion(conversion=None)
    if stored == "double" and is_whole(source):
        # Written with a decimal point, as Iterable's doubles are; the engine's type of whole decimals has none.
        whole = FieldType(kind=Kind.INTEGER, sql=source.sql)
        return JudgedConversion(conversion=Conversion(source=whole, target=Target.NUMBER))
    return JudgedConversion(conversion=natural)


def iterable_type(source: FieldType) -> str:
    """Iterable's word for the type that a first value of this kind gives a new field."""
    element = _element(source)
    if is_whole(element):
        return "long"
    words = {"string": Kind.TEXT, "double": Kind.FLOAT, "boolean": Kind.BOOLEAN, "date": Kind.DATE}
    for word, kind in words.items():
        if element.kind in _ACCEPTED[word] and kind in _ACCEPTED[word]:
            return word
    return "object"


def _takes(stored: str, element: FieldType) -> bool:
    if stored == "long":
        return is_whole(element)
    if stored == "geo_location" and element.kind is Kind.STRUCT:
        return {name for name, _ in element.members} == _POINT
    return element.kind in _ACCEPTED[stored]


def _element(source: FieldType) -> FieldType:
    return _element(source.members[0][1]) if source.kind is Kind.LIST and source.members else source
