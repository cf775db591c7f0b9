"""Judges a mapping before anything is sent: which field goes where, what must be created, what is wrong or unwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from penstock.catalog.entities import FieldMapping, Leave
from penstock.catalog.problems import listed
from penstock.destinations.contract import Inspection, MappedField
from penstock.destinations.zendesk.custom_mapping import judge_custom
from penstock.destinations.zendesk.field_problems import filled_twice, unknown_model_field
from penstock.destinations.zendesk.judgement import Judgement, MissingAttribute, Place
from penstock.destinations.zendesk.leaving_problems import leaving_problems
from penstock.destinations.zendesk.named_fields import judge_named
from penstock.destinations.zendesk.user_fields import UserFields
from penstock.errors import Problem, Severity
from penstock.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What was found: the contract's part, each usable field's place by target, and what is to be created."""

    inspection: Inspection
    places: Mapping[str, Place]
    missing: tuple[MissingAttribute, ...]


def inspect_mapping(
    mappings: Sequence[FieldMapping],
    fields: Mapping[str, Field],
    known: UserFields,
    *,
    match_key: str,
    creates: bool,
    is_admin: bool,
    leave: Leave = Leave.KEEP,
    other_problems: Sequence[Problem] = (),
) -> Inspected:
    """Judge each mapping of model `fields` against the account; `other_problems` are told first."""
    judgements = _judge_all(mappings, fields, known, match_key)
    missing = tuple(each.missing for each in judgements if each.missing is not None)
    problems = [*other_problems, *(problem for each in judgements for problem in each.problems)]
    to_create = {each.target for each in missing}
    usable = tuple(each.mapped for each in judgements if each.mapped is not None)
    problems += _about_names(mappings) if creates else _about_what_only_creations_set(usable)
    problems += () if is_admin else _about_rights(mappings, missing)
    problems += leaving_problems(leave, mappings, is_admin=is_admin)
    return Inspected(
        inspection=Inspection(
            fields=usable,
            known=frozenset(),  # Zendesk lists also what it drops: whether it keeps a field, only a write can tell
            problems=tuple(problems),
            missing=frozenset(to_create),
            notices=tuple(_announced(each) for each in missing),
        ),
        places=MappingProxyType({each.mapped.name: each.place for each in judgements if each.mapped and each.place}),
        missing=missing,
    )


def _announced(missing: MissingAttribute) -> str:
    type_ = f"{missing.type}, or textarea for long texts" if missing.may_be_long else missing.type
    return f"A run creates the user field `{missing.key}` in Zendesk ({type_}); its type can never be changed."


def _judge_all(
    mappings: Sequence[FieldMapping], fields: Mapping[str, Field], known: UserFields, match_key: str
) -> list[Judgement]:
    judgements: list[Judgement] = []
    first: dict[Place, FieldMapping] = {}
    for mapping in mappings:
        judgement = _judge(mapping, fields, known, match_key)
        place = judgement.place
        if place is not None and place in first:
            judgement = Judgement(problems=(filled_twice(mapping, first[place], str(place)),))
        elif place is not None:
            first[place] = mapping
        judgements.append(judgement)
    return judgements


def _judge(mapping: FieldMapping, fields: Mapping[str, Field], known: UserFields, match_key: str) -> Judgement:
    source = fields.get(mapping.source)
    if source is None:
        return Judgement(problems=(unknown_model_field(mapping),))
    if mapping.custom:
        return judge_custom(mapping, source, known)
    return judge_named(mapping, source, known, match_key=match_key)


def _about_names(mappings: Sequence[FieldMapping]) -> list[Problem]:
    if any(mapping.target == "name" and not mapping.custom for mapping in mappings):
        return []
    return [
        Problem(
            code="name_not_mapped",
            message="Zendesk creates nobody without a name, and `name` is not mapped.",
            fix="Map it, as in `fields: {name: full_name}`.",
            location=mappings[0].location if mappings else None,
        )
    ]


def _about_what_only_creations_set(fields: Sequence[MappedField]) -> list[Problem]:
    """Warn of attributes that known users are never given, where nobody is created."""
    return [
        Problem(
            code="never_sent",
            message=f"`{field.name}` is only sent with users who are created, and in update mode nobody is: it is"
            " never sent.",
            fix=f"Remove it, or let users who have none get it: `{field.name}: {{from: {field.mapping.source}, when:"
            " only_if_empty}`.",
            location=field.mapping.location,
            severity=Severity.WARNING,
        )
        for field in fields
        if field.create_only
    ]


def _about_rights(mappings: Sequence[FieldMapping], missing: Sequence[MissingAttribute]) -> list[Problem]:
    """What an agent may not do: create user fields, and change agents and admins."""
    location = mappings[0].location if mappings else None
    if missing:
        names = listed(each.target for each in missing)
        return [
            Problem(
                code="cannot_create_fields",
                message=f"These custom attributes do not exist in Zendesk yet: {names}. Penstock is signed in as an"
                " agent, and only an admin may create user fields.",
                fix="Use an admin's token, or have an admin create the user fields.",
                location=location,
            )
        ]
    return [
        Problem(
            code="agent_token",
            message="Penstock is signed in as an agent. Zendesk lets agents change end users only, and may refuse to"
            " create users in bulk.",
            fix="Use an admin's token.",
            location=location,
            severity=Severity.WARNING,
        )
    ]
