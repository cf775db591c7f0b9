"""What can be named under `fields`, and what was probably meant where a name is none of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from penstock.catalog.entities import FieldMapping
from penstock.catalog.problems import listed
from penstock.destinations.contract import DestinationField
from penstock.destinations.zendesk.judgement import USER_FIELDS
from penstock.destinations.zendesk.standard_attributes import NOT_MAPPED, READ_ONLY, STANDARD_ATTRIBUTES
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from penstock.errors import Problem

PREFIX = f"{USER_FIELDS}."


def fields_of(known: UserFields) -> tuple[DestinationField, ...]:
    """Return everything that can be mapped: the standard attributes, then the user fields."""
    return (*_standard(), *(_offered(field) for field in known.all))


def name_of(field: UserField) -> str:
    """Return the name under which a user field is mapped: its key, where no attribute has that name."""
    taken = field.key in STANDARD_ATTRIBUTES or field.key in READ_ONLY or field.key in NOT_MAPPED
    return f"{PREFIX}{field.key}" if taken else field.key


def unknown_attribute(mapping: FieldMapping, known: UserFields) -> Problem:
    """Nothing in Zendesk has that name."""
    name = mapping.target.removeprefix(PREFIX)
    only_user_fields = name != mapping.target
    offered = [each for each in fields_of(known) if not only_user_fields or each.name not in STANDARD_ATTRIBUTES]
    what = "user field" if only_user_fields else "attribute or user field"
    return Problem(
        code="unknown_attribute",
        message=f"Zendesk has no {what} `{name}`.",
        fix=_fix(name, offered),
        location=mapping.location,
    )


def _fix(name: str, offered: list[DestinationField]) -> str:
    for each in offered:
        if _bare(each.label) == _bare(name) != "":
            return f"The field called `{each.label}` there has the key `{each.name}`: write that."
    by_name = {_bare(each.name): each for each in offered} | {_bare(each.label): each for each in offered}
    close = difflib.get_close_matches(_bare(name), by_name, n=1, cutoff=0.75)
    if close:
        return f"Did you mean `{by_name[close[0]].name}`?"
    fields = [each.name for each in offered if each.name not in STANDARD_ATTRIBUTES]
    there = f"The user fields there are {listed(fields)}." if fields else "There are no user fields yet."
    return f"{there} To have one made, list the model's field under `custom_attributes`."


def _standard() -> Iterator[DestinationField]:
    for each in STANDARD_ATTRIBUTES.values():
        options = tuple((option, option) for option in each.options)
        yield DestinationField(name=each.name, label=each.label, type=each.type.value, options=options)


def _offered(field: UserField) -> DestinationField:
    return DestinationField(name=name_of(field), label=field.title, type=field.type, options=field.options)


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
