"""What every destination's service offers to a run, and what it is given. Nothing here knows a destination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from penstock.catalog.entities import FieldMapping
from penstock.errors import Problem
from penstock.fields import Field
from penstock.mapping.conversions import Conversion


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Which account the destination's answers come from.

    `parts` must be the same for ledger and destination. `anchors` are ids that only this account can have; two
    sets that are both filled and share nothing are two accounts. `key_fingerprint` decides where anchors cannot:
    a key belongs to one account.
    """

    label: str
    parts: tuple[tuple[str, str], ...]
    anchors: frozenset[str]
    key_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationField:
    """A field that exists at the destination; `type` is the destination's own word for it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedField:
    """A mapped destination field with the model field that fills it and the conversion in between."""

    mapping: FieldMapping
    source: Field
    conversion: Conversion

    @property
    def name(self) -> str:
        """The destination's name of the field."""
        return self.mapping.target


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
class Limits:
    """What one request may hold and how many may be under way; `body_bytes` counts the records alone."""

    records: int
    body_bytes: int
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive records of a plan: numbers `first` to `first + count - 1`.

    `body` is their JSON texts, each ending in a comma, in that order.
    """

    first: int
    count: int
    body: bytes


class Outcome(StrEnum):
    """What became of one record."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


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
    was lost or not sent.
    """

    answer: Answer
    exceptions: tuple[RecordException, ...] = ()
    ignored: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Requests made to a destination so far."""

    write: int = 0
    read: int = 0
    throttled: int = 0
    retried: int = 0

    @property
    def total(self) -> int:
        """All requests, repetitions included."""
        return self.write + self.read


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is known of a mapping after reading the destination: usable fields, and problems found."""

    fields: tuple[MappedField, ...]
    known: frozenset[str]
    """Names of the mapped fields that exist at the destination."""
    problems: tuple[Problem, ...] = field(default=())


class Service(Protocol):
    """One service of one account, open for the length of a run.

    Every method may raise DestinationError (unreachable, nonsense) or CredentialsError.
    """

    limits: Limits
    traffic: Traffic

    async def account(self) -> Account:
        """Check the credentials and tell which account this is. Reads only."""

    async def inspect(self, mappings: Sequence[FieldMapping], fields: Mapping[str, Field]) -> Inspection:
        """Read the destination's fields and judge a mapping of model `fields` against them. Reads only."""

    def shape(self, fields: Sequence[MappedField]) -> RecordShape:
        """Tell how a record of these fields is written."""

    async def prepare(self, fields: Sequence[MappedField]) -> None:
        """Make ready what delivering needs, after the guards; may write."""

    async def deliver(self, batch: Batch) -> Delivery:
        """Send a batch and read what became of each record.

        Raises an error only when no further batch can succeed; what is known of this one is then lost, and the
        caller takes it as `LOST`.
        """
