"""How a destination wants a record written, as data from which the bodies are compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that stand together in a record's JSON: in the record itself, or in its member `member`.

    `written` gives the JSON name of a field where it is not the field's own.
    """

    member: str | None
    fields: tuple[str, ...]
    written: Mapping[str, str] = field(default_factory=dict)


class Addressing(StrEnum):
    """What a record is found by at the destination; the value names the plan's column."""

    MATCH = "match"
    """The match value, as text: for whoever may have to be created."""
    REMOTE_ID = "remote_id"
    """The destination's own id, already JSON: for whoever is known to exist."""


class Action(StrEnum):
    """What is done to the users of a batch."""

    WRITE = "write"
    """Create or update them."""
    CLEAR = "clear"
    """Empty attributes of users who left; whoever is not there is not created."""
    DELETE = "delete"
    SUSPEND = "suspend"
    RESTORE = "restore"
    """Lift the suspension of those who returned, and update them."""

    @property
    def removes(self) -> bool:
        """Whether the users are taken away; their records then say only who they are."""
        return self in {Action.DELETE, Action.SUSPEND}

    @property
    def creates(self) -> bool:
        """Whether users who are not there may be created."""
        return self in {Action.WRITE, Action.RESTORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShape:
    """How a record is written: its identifier, members that never change (ready JSON), groups of fields.

    `newcomers` are members of those records alone that were never delivered.
    """

    identifier: str
    addressing: Addressing = Addressing.MATCH
    constants: tuple[tuple[str, str], ...] = ()
    newcomers: tuple[tuple[str, str], ...] = ()
    groups: tuple[FieldGroup, ...]
    instant_format: str
    """How a date and time in UTC is written, as a strftime pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records of a plan, by their numbers in ascending order; `body` is their JSON texts, each ending in a comma.

    It may be a view into memory that several batches share.

    The range of a batch begins at `first`, where the batch before ended, and ends with its last number: so ranges
    touch although records that are not sent lie in between.

    All records of a batch are addressed in the same way, and the same is done to them. `in_doubt`: they were sent
    before, and nobody knows whether that was applied. `whole` holds each record as its creation would be, by match
    value and with every value, where the activation recreates those who were deleted at the destination.
    """

    first: int
    numbers: Sequence[int]
    body: bytes | memoryview
    addressing: Addressing = Addressing.MATCH
    action: Action = Action.WRITE
    in_doubt: bool = False
    whole: bytes = b""

    @property
    def last(self) -> int:
        """The end of its range."""
        return self.numbers[-1]

    @property
    def count(self) -> int:
        """How many records it holds."""
        return len(self.numbers)
