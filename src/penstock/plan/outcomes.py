"""What became of records and batches, taken from the destination's own answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one record."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


DELETED = "deleted_at_destination"
"""The code of a record that is skipped because its user no longer exists there."""
ABSENT = "absent_at_destination"
"""The code of a record that is skipped because nobody there is to be created for it."""
FILLED = "filled_at_destination"
"""The code of a value that is not sent because the user has one there."""
FIELD_IGNORED = "field_ignored"
"""The code of a record of which the destination ignores every attribute that is sent."""
IDENTITY_HELD = "identity_attribute_held"
"""The code of a value that only a creation may set and that is not sent because the user exists."""
ALREADY_THERE = "already_at_destination"
"""The code of a record that is skipped because its user exists there, and only new ones are to be created."""
ALREADY_GONE = "already_gone"
"""The code of a record that left and whose user no longer exists, so that nothing is removed or cleared."""
NOT_FOUND_TO_LEAVE = "leaver_not_found"
"""The code of a record that left and whose user is not found, perhaps only not yet."""
ALREADY_SUSPENDED = "already_suspended"
"""The code of a record that left and whose user somebody else has suspended."""
PROTECTED = "protected_user"
"""The code of a record that left and whose user is never removed."""
STAYS = (ALREADY_SUSPENDED, PROTECTED)
"""Codes of records that left and whose user is there and stays as it is."""
STILL_WANTED = "still_wanted"
"""The code of a record that left and whose user another activation still wants: it is removed once nobody does."""
ANOTHER_RECORD = "user_of_another_record"
"""The code of a record that left and whose user another record of the segment has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordException:
    """A record of a batch that was not simply delivered.

    `number` is the record's number in the plan; `message` the destination's own words. With `fields` only these
    fields of the record were refused and its others are confirmed; without, nothing of it is.
    """

    number: int
    outcome: Outcome
    code: str
    message: str
    fields: tuple[str, ...] = ()


class Answer(StrEnum):
    """How a batch ended."""

    ANSWERED = "answered"
    """The destination answered: every record without an exception is delivered."""
    LOST = "lost"
    """It may or may not have been applied: every record without an exception is unknown."""
    NOT_SENT = "not_sent"
    """It certainly was not applied, and nobody knows what would have become of it: due again next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a batch.

    `ignored` names fields that the destination took without keeping them; `reason` says in a sentence why a batch
    was lost or not sent. `remote_ids` gives the ids (as JSON) of records that were addressed by match value, by their
    numbers; `created` how many of the delivered records are new there, None where the destination does not tell. With
    `sent` only so many records of the batch, its first ones, were sent: the others are as if they had never been in
    it.
    """

    answer: Answer
    exceptions: tuple[RecordException, ...] = ()
    ignored: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    remote_ids: Mapping[int, str] = field(default_factory=dict)
    created: int | None = None
    sent: int | None = None
