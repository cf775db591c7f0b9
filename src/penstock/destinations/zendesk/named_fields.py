"""Judges a mapping under `fields`: a standard attribute, or the user field of a key."""

from __future__ import annotations

from penstock.catalog.entities import FieldMapping, When
from penstock.destinations.contract import MappedField
from penstock.destinations.zendesk.conversions import conversion_to, conversion_to_standard
from penstock.destinations.zendesk.field_names import PREFIX, unknown_attribute
from penstock.destinations.zendesk.field_problems import (
    inactive_field,
    match_attribute,
    not_mapped,
    read_only,
    risky_attribute,
    type_clash,
)
from penstock.destinations.zendesk.judgement import USER_FIELDS, Judgement, Place
from penstock.destinations.zendesk.standard_attributes import (
    NOT_MAPPED,
    READ_ONLY,
    STANDARD_ATTRIBUTES,
    StandardAttribute,
)
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from penstock.errors import Problem
from penstock.fields import Field


def judge_named(mapping: FieldMapping, source: Field, known: UserFields, *, match_key: str) -> Judgement:
    """Judge a mapping to what is named: an attribute first, unless it says `user_fields.`."""
    name = mapping.target
    if name.startswith(PREFIX):
        return _judge_user_field(mapping, source, known, name.removeprefix(PREFIX))
    if name == match_key:
        return _refused(match_attribute(mapping))
    if name in STANDARD_ATTRIBUTES:
        return _judge_standard(mapping, source, STANDARD_ATTRIBUTES[name])
    if name in NOT_MAPPED:
        return _refused(not_mapped(mapping, *NOT_MAPPED[name]))
    if name in READ_ONLY:
        return _refused(read_only(mapping, also_a_field=known.with_key(name) is not None))
    return _judge_user_field(mapping, source, known, name)


def mapped_user_field(mapping: FieldMapping, source: Field, field: UserField) -> Judgement | None:
    """Return the verdict on filling an existing user field; None where the types clash."""
    conversion = conversion_to(field.type, source.type)
    if conversion is None:
        return None
    mapped = MappedField(mapping=mapping, source=source, conversion=conversion, options=field.option_values)
    problems = () if field.active else (inactive_field(mapping, field),)
    return Judgement(mapped=mapped, place=Place(member=USER_FIELDS, key=field.key), problems=problems)


def _judge_standard(mapping: FieldMapping, source: Field, attribute: StandardAttribute) -> Judgement:
    conversion = conversion_to_standard(attribute.type, source.type)
    if conversion is None:
        return _refused(type_clash(mapping, source, f"`{attribute.name}`", attribute.type.value))
    mapped = MappedField(
        mapping=mapping,
        source=source,
        conversion=conversion,
        required=attribute.name == "name",
        create_only=attribute.create_only and mapping.when is not When.ONLY_IF_EMPTY,
        clearable=not attribute.lasting,
        options=attribute.options,
    )
    problems = (risky_attribute(mapping, attribute.caution),) if attribute.caution else ()
    return Judgement(mapped=mapped, place=Place(key=attribute.name), problems=problems)


def _judge_user_field(mapping: FieldMapping, source: Field, known: UserFields, key: str) -> Judgement:
    field = known.with_key(key)
    if field is None:
        return _refused(unknown_attribute(mapping, known))
    return mapped_user_field(mapping, source, field) or _refused(
        type_clash(mapping, source, f"user field `{field.key}`", field.type)
    )


def _refused(problem: Problem) -> Judgement:
    return Judgement(problems=(problem,))
