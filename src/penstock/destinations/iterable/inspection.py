"""Judges a mapping before anything is sent: which fields can go where, and what is wrong or unwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penstock.catalog.entities import FieldMapping
from penstock.destinations.contract import Inspection, MappedField
from penstock.destinations.iterable.conversions import conversion_to, natural_conversion
from penstock.destinations.iterable.field_problems import (
    field_limit,
    type_clash,
    unfamiliar_type,
    unknown_field,
    unknown_model_field,
    unsupported_type,
)
from penstock.destinations.iterable.matching import Matching
from penstock.destinations.iterable.reserved import reserved_problem
from penstock.errors import Problem, Severity
from penstock.fields import Field, FieldType, Kind

_IDENTITY_FIELDS = {"email": "string", "userId": "string"}

_MOST_FIELDS = 1_000
"""Iterable's soft limit of unique user fields, nested ones counted."""


def inspect_mapping(
    mappings: Sequence[FieldMapping], fields: Mapping[str, Field], known: Mapping[str, str], matching: Matching
) -> Inspection:
    """Judge each mapping against the project's fields, `known` by dotted name."""
    known = {**_IDENTITY_FIELDS, **known}
    problems: list[Problem] = list(matching.problems())
    usable: list[MappedField] = []
    new_fields = 0
    for mapping in mappings:
        source = fields.get(mapping.source)
        if source is None:
            problems.append(unknown_model_field(mapping))
            continue
        mapped, found = _judge(mapping, source, known, matching)
        problems += found
        if mapped is not None:
            usable.append(mapped)
            new_fields += 0 if mapping.target in known else _names_within(source.type)
    if new_fields and len(known) + new_fields > _MOST_FIELDS:
        problems.append(field_limit(len(known), new_fields, _MOST_FIELDS))
    return Inspection(
        fields=tuple(usable),
        known=frozenset(field.name for field in usable if field.name in known),
        problems=tuple(problems),
    )


def _judge(
    mapping: FieldMapping, source: Field, known: Mapping[str, str], matching: Matching
) -> tuple[MappedField | None, list[Problem]]:
    problems: list[Problem] = []
    reserved = reserved_problem(mapping, matching)
    if reserved is not None:
        problems.append(reserved)
        if reserved.severity is Severity.REFUSAL:
            return None, problems
    natural = natural_conversion(source.type)
    if natural is None:
        return None, [*problems, unsupported_type(mapping, source)]
    stored = known.get(mapping.target)
    if stored is None:
        problems.append(unknown_field(mapping, source, known))
        return MappedField(mapping=mapping, source=source, conversion=natural), problems
    judged = conversion_to(stored, source.type, identity=mapping.target in _IDENTITY_FIELDS)
    if not judged.familiar:
        problems.append(unfamiliar_type(mapping, stored))
    if judged.conversion is None:
        return None, [*problems, type_clash(mapping, source, stored)]
    return MappedField(mapping=mapping, source=source, conversion=judged.conversion), problems


def _names_within(type_: FieldType) -> int:
    """How many unique fields a value of this type makes: itself and the named parts in it."""
    if type_.kind is Kind.LIST:
        return _names_within(type_.members[0][1])
    if type_.kind is Kind.STRUCT:
        return 1 + sum(_names_within(part) for _, part in type_.members)
    return 1
