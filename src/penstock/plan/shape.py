"""How a destination wants a record written, as data from which the bodies are compiled."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Records of a plan, by their numbers in ascending order; `body` is their JSON texts, each ending in a comma.

    The range of a batch begins at `first`, where the batch before ended, and ends with its last number: so ranges
    touch although records that are not sent lie in between.
    """

    first: int
    numbers: Sequence[int]
    body: bytes

    @property
    def last(self) -> int:
        """The end of its range."""
        return self.numbers[-1]

    @property
    def count(self) -> int:
        """How many records it holds."""
        return len(self.numbers)
