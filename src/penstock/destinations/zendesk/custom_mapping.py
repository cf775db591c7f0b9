"""Judges a custom attribute: the user field that is to be its own, found by key or title, or still to be created."""

from __future__ import annotations

from penstock.catalog.entities import FieldMapping
from penstock.destinations.contract import MappedField
from penstock.destinations.zendesk.conversions import conversion_to, new_type
from penstock.destinations.zendesk.field_problems import asked_type_clash, custom_type_clash, unsupported_type
from penstock.destinations.zendesk.judgement import USER_FIELDS, Judgement, MissingAttribute, Place
from penstock.destinations.zendesk.keys import derived_key
from penstock.destinations.zendesk.named_fields import mapped_user_field
from penstock.destinations.zendesk.standard_attributes import STANDARD_ATTRIBUTES
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from penstock.errors import Problem
from penstock.fields import Field
from penstock.mapping.conversions import Target


def judge_custom(mapping: FieldMapping, source: Field, known: UserFields) -> Judgement:
    """Judge a custom attribute, whose name is the model field's."""
    name, key = mapping.target, derived_key(mapping.target)
    if name in STANDARD_ATTRIBUTES:
        return _refused(
            mapping,
            "standard_attribute",
            f"`{name}` is an attribute that every Zendesk user has, and no custom one.",
            f"Map it under `fields`, as in `fields: {{{name}: {mapping.source}}}`.",
        )
    if not key:
        return _refused(
            mapping,
            "bad_field_name",
            f"Of the name `{name}` no key of a user field can be made: it has no letter or digit of ASCII.",
            f"Give it another name in the model's SQL, as in `{name} AS plan`.",
        )
    found = existing_fields(known, name)
    if len(found) > 1:
        return _ambiguous(mapping, found)
    return _judge_existing(mapping, source, found[0]) if found else _judge_new(mapping, source, key)


def existing_fields(known: UserFields, name: str) -> tuple[UserField, ...]:
    """Return the user fields that may be the attribute's: the one of its key, and those of its name as title."""
    by_key = known.with_key_like(derived_key(name))
    by_title = tuple(field for field in known.titled(name) if field != by_key)
    return by_title if by_key is None else (by_key, *by_title)


def _judge_existing(mapping: FieldMapping, source: Field, field: UserField) -> Judgement:
    if mapping.type is not None and mapping.type != field.type:
        return Judgement(problems=(asked_type_clash(mapping, field),))
    judgement = mapped_user_field(mapping, source, field)
    return judgement or Judgement(problems=(custom_type_clash(mapping, source, field),))


def _judge_new(mapping: FieldMapping, source: Field, key: str) -> Judgement:
    type_ = new_type(source.type, mapping.type)
    conversion = None if type_ is None else conversion_to(type_, source.type)
    if type_ is None or conversion is None:
        return Judgement(problems=(unsupported_type(mapping, source),))
    return Judgement(
        mapped=MappedField(mapping=mapping, source=source, conversion=conversion),
        place=Place(member=USER_FIELDS, key=key),
        missing=MissingAttribute(
            target=mapping.target,
            key=key,
            title=mapping.target,
            type=type_,
            may_be_long=conversion.target is Target.TEXT,
        ),
    )


def _ambiguous(mapping: FieldMapping, found: tuple[UserField, ...]) -> Judgement:
    fields = ", ".join(f"`{field.key}` ({field.title})" for field in found)
    return _refused(
        mapping,
        "ambiguous_attribute",
        f"Several user fields could be the custom attribute `{mapping.target}`: {fields}.",
        f"Name the one you mean under `fields`, as in `fields: {{{found[0].key}: {mapping.source}}}`.",
    )


def _refused(mapping: FieldMapping, code: str, message: str, fix: str) -> Judgement:
    return Judgement(problems=(Problem(code=code, message=message, fix=fix, location=mapping.location),))
