"""What is found of one mapping: the field that can be sent, its place in a user's JSON, what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.destinations.contract import MappedField
from penstock.errors import Problem

USER_FIELDS = "user_fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a field stands in a user's JSON: `key` of the user itself, or within its member `member`."""

    member: str | None = None
    key: str

    def __str__(self) -> str:
        return self.key if self.member is None else f"{self.member}.{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingAttribute:
    """A user field to create for the custom attribute `target`.

    `may_be_long`: its texts have to be measured, for long ones need a `textarea` instead of a `text`.
    """

    target: str
    key: str
    title: str
    type: str
    may_be_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one mapping: it can be sent where there are `mapped` and `place`."""

    mapped: MappedField | None = None
    place: Place | None = None
    missing: MissingAttribute | None = None
    problems: tuple[Problem, ...] = ()
