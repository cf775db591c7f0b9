"""The mapped fields of a run by their places in a user's JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from penstock.destinations.contract import FieldGroup, MappedField
from penstock.destinations.zendesk.judgement import USER_FIELDS, Place
from penstock.destinations.zendesk.standard_attributes import STANDARD_ATTRIBUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFields:
    """Names of fields by place; `create_only` gives those that Zendesk does not replace, by attribute."""

    by_place: Mapping[Place, str] = field(default_factory=dict)
    create_only: Mapping[str, str] = field(default_factory=dict)

    def at(self, places: Iterable[Place]) -> tuple[str, ...]:
        """Return the names of the fields at some places; `user_fields` itself is the place of all of them."""
        dropped = set(places)
        return tuple(
            name
            for place, name in self.by_place.items()
            if place in dropped or (place.member is not None and Place(key=place.member) in dropped)
        )


def sent_fields(fields: Sequence[MappedField], places: Mapping[str, Place]) -> SentFields:
    """Arrange the fields of a run; `places` are those found by the inspection."""
    by_name = {each.name: places.get(each.name) or _usual_place(each.name) for each in fields}
    return SentFields(
        by_place={place: name for name, place in by_name.items()},
        create_only={by_name[each.name].key: each.name for each in fields if each.create_only},
    )


def field_groups(sent: SentFields) -> tuple[FieldGroup, ...]:
    """Say how the fields are written: attributes in the record itself, user fields in their member."""
    return tuple(
        FieldGroup(
            member=member,
            fields=tuple(name for place, name in sent.by_place.items() if place.member == member),
            written={name: place.key for place, name in sent.by_place.items() if place.member == member},
        )
        for member in (None, USER_FIELDS)
    )


def _usual_place(name: str) -> Place:
    if name in STANDARD_ATTRIBUTES:
        return Place(key=name)
    return Place(member=USER_FIELDS, key=name.removeprefix(f"{USER_FIELDS}."))
