"""How a destination wants a record written, as data from which the bodies are compiled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that stand together in a record's JSON: in the record itself, or in its member `member`."""

    member: str | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShape:
    """How a record is written: its identifier, members that never change (ready JSON), groups of fields."""

    identifier: str
    constants: tuple[tuple[str, str], ...] = ()
    groups: tuple[FieldGroup, ...]
    instant_format: str
    """How a date and time in UTC is written, as a strftime pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive records of a plan: numbers `first` to `first + count - 1`.

    `body` is their JSON texts, each ending in a comma, in that order.
    """

    first: int
    count: int
    body: bytes
