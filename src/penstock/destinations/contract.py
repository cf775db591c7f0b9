"""What every destination's service offers to a run, and what it is given. Nothing here knows a destination."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from penstock.catalog.entities import FieldMapping, Leave
from penstock.errors import Problem
from penstock.fields import Field
from penstock.mapping.mapped import MappedField
from penstock.plan.account import Account
from penstock.plan.outcomes import (
    ABSENT,
    ALREADY_GONE,
    ALREADY_SUSPENDED,
    ALREADY_THERE,
    DELETED,
    NOT_FOUND_TO_LEAVE,
    PROTECTED,
    Answer,
    Delivery,
    Outcome,
    RecordException,
)
from penstock.plan.seeking import Seeking
from penstock.plan.shape import Action, Addressing, Batch, FieldGroup, RecordShape

__all__ = [
    "ABSENT",
    "ALREADY_GONE",
    "ALREADY_SUSPENDED",
    "ALREADY_THERE",
    "DELETED",
    "NOT_FOUND_TO_LEAVE",
    "PROTECTED",
    "Account",
    "Action",
    "Addressing",
    "Answer",
    "AskedValues",
    "Batch",
    "Delivery",
    "DestinationField",
    "FieldGroup",
    "Inspection",
    "Limits",
    "LongestText",
    "LookUp",
    "MappedField",
    "Outcome",
    "RecordException",
    "RecordShape",
    "RunLink",
    "Seeking",
    "Service",
    "Sightings",
    "Sought",
    "Traffic",
    "UserRef",
]

LongestText = Callable[[str], int]
"""Tells the characters of the longest text that is to be sent for a mapped field, by the field's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationField:
    """A field that exists at the destination; `type` is the destination's own word for it.

    `label` is what people there call it; `options` are the only values that it takes, if not empty, by name and
    value.
    """

    name: str
    type: str
    label: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may hold and how many may be under way; `body_bytes` counts the records alone."""

    records: int
    body_bytes: int
    concurrency: int


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

    def add(self, other: Traffic) -> None:
        """Count what was asked through another session as well."""
        self.write += other.write
        self.read += other.read
        self.throttled += other.throttled
        self.retried += other.retried


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is known of a mapping after reading the destination: usable fields, and problems found."""

    fields: tuple[MappedField, ...]
    known: frozenset[str]
    """Names of the mapped fields of which the destination's own list proves that it keeps them."""
    problems: tuple[Problem, ...] = field(default=())
    missing: frozenset[str] = frozenset()
    """Names of the mapped fields that preparing creates: whatever was confirmed of them went with the field."""
    notices: tuple[str, ...] = ()
    """What a run would change at the destination beside its records, one sentence each."""


class RunLink(Protocol):
    """What a delivery may ask of the run, and tell it."""

    @property
    def stop(self) -> asyncio.Event:
        """Set when the run is to end: what is not sent yet stays unsent."""

    async def hold_on_to(self, handle: str) -> None:
        """Keep, durably, by what the answer to this batch can still be collected if this process dies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Users to be looked up by their match values, which `values` yields some thousands at a time.

    `bookmark` is where an earlier listing of the account's users ended, taken at `listed_at`, None if there never was
    one; `listed` is how many users are known from there. `scratch` is a folder for what does not outlive looking up.
    `singly`: a listing did not name them, and each is to be asked for.
    """

    count: int
    values: Callable[[], Iterator[Sequence[str]]]
    bookmark: str | None
    listed_at: datetime | None
    listed: int
    scratch: Path
    singly: bool = False


class Sightings(Protocol):
    """Takes down who was seen at a destination while users are looked up."""

    def found(self, matches: Sequence[str] | pa.Array, remote_ids: Sequence[str] | None = None) -> None:
        """These users exist, by match value, each with its remote id (as JSON) where there are ids."""

    def gone(self, remote_ids: Sequence[str]) -> None:
        """The users with these remote ids (as JSON) were deleted."""

    def unseen(self) -> int:
        """How many of those sought were not found so far."""

    def unseen_values(self) -> Sequence[str]:
        """The match values of those sought who were not found so far, all at once: for few of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRef:
    """A user, by match value and, where it is known, by remote id (as JSON)."""

    match: str
    remote_id: str | None


class AskedValues(Protocol):
    """Users of whom it is asked which fields have a value at the destination; the answers are taken down here."""

    @property
    def scratch(self) -> Path:
        """A folder for what does not outlive the asking."""

    def count(self) -> int:
        """How many of them are not known, so far, to have a value in every field that it is asked about."""

    def users(self) -> Iterator[Sequence[UserRef]]:
        """Those users, some hundreds at a time."""

    def note(self, matches: Sequence[str] | pa.Array, filled: Mapping[str, Sequence[bool] | pa.Array]) -> None:
        """Which of these users, by match value, have a value, for each field by name; others may be among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """How users were looked up: asked for one by one or some at a time, or from a listing of all users.

    Whoever was asked for and not found does not exist. A listing names everybody, or with `since` everybody who was
    changed since the listing that the bookmark was of; `bookmark` is where the next one may go on.

    With `ask_again` a listing may leave somebody out: of those it does not name, the ones who were delivered before
    are asked for singly, and newcomers as well if all of them together are no more than that. `left_to_delivery`:
    nobody needed looking up, for delivering itself finds out who exists, and creates nobody else.
    """

    listing: bool = False
    since: bool = False
    bookmark: str = ""
    ask_again: int | None = None
    left_to_delivery: bool = False


class Service(Protocol):
    """One service of one account, open for the length of a run.

    Every method may raise DestinationError (unreachable, nonsense) or CredentialsError.
    """

    limits: Limits
    traffic: Traffic
    notices: list[str]
    """What the report has to say about the way taken, one sentence each."""
    addresses_known: bool
    """Whether those who are known to exist are addressed by remote id, in batches of their own."""
    seeking: Seeking | None
    """Whom to look up before a plan is sent; None where delivering itself finds out who exists."""

    async def account(self) -> Account:
        """Check the credentials and tell which account this is. Reads only."""

    async def inspect(
        self, mappings: Sequence[FieldMapping], fields: Mapping[str, Field], *, leave: Leave = Leave.KEEP
    ) -> Inspection:
        """Read the destination's fields and judge a mapping of model `fields` against them. Reads only.

        `leave` is what is to happen to those who leave, which not everybody may do.
        """

    def shape(
        self,
        fields: Sequence[MappedField],
        addressing: Addressing = Addressing.MATCH,
        action: Action = Action.WRITE,
    ) -> RecordShape:
        """Tell how a record of these fields is written; that of a removal only says whose it is."""

    async def look_up(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Find out which of the users exist, in the way that costs least. Reads only; asked only where `seeking`."""

    async def gone(self, remote_ids: Sequence[str]) -> Sequence[str]:
        """Tell which of these users (ids as JSON) were deleted. Reads only; asked only where `addresses_known`."""

    async def read_filled(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        """Find out which of the fields have a value there now, and say in `notices` how. Reads only.

        Whoever does not exist has none. Asked only of services that declare `reads_values`.
        """

    async def prepare(self, fields: Sequence[MappedField], longest_text: LongestText) -> None:
        """Make ready what delivering needs, after the guards; may write."""

    async def deliver(self, batch: Batch, link: RunLink) -> Delivery:
        """Send a batch and read what became of each record.

        Raises an error only when no further batch can succeed; the error's `maybe_applied` says of this one whether
        it may have been applied.
        """

    async def collect(self, batch: Batch, handle: str, fields: Sequence[MappedField]) -> Delivery:
        """Read what became of a batch that an earlier run sent, by the handle it left; `fields` are that run's.

        Writes nothing.
        """
