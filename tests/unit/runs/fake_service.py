"""A destination's service that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from penstock.catalog.entities import FieldMapping, Leave
from penstock.destinations.contract import (
    Account,
    Action,
    Addressing,
    Answer,
    AskedValues,
    Batch,
    Delivery,
    Inspection,
    Limits,
    LongestText,
    LookUp,
    MappedField,
    RecordShape,
    RunLink,
    Seeking,
    Service,
    Sightings,
    Sought,
    Traffic,
)
from penstock.fields import Field
from tests.unit.ledger.bench import IDENTITY
from tests.unit.runs.shapes import shape_of

Deliver = Callable[[Batch, RunLink], Awaitable[Delivery]]
Collect = Callable[[Batch, str], Delivery]


IN_THREES = Limits(records=3, body_bytes=10**6, concurrency=1)


async def take_all(batch: Batch, link: RunLink) -> Delivery:
    """Accept a batch."""
    return Delivery(answer=Answer.ANSWERED)


def found_all(batch: Batch, handle: str) -> Delivery:
    """Say that a batch was applied."""
    return Delivery(answer=Answer.ANSWERED)


@dataclass
class FakeService:
    """The contract without a destination; `delivered` and `collected` hold what came, in order."""

    deliver_with: Deliver = take_all
    collect_with: Collect = found_all
    limits: Limits = IN_THREES
    traffic: Traffic = field(default_factory=Traffic)
    notices: list[str] = field(default_factory=list)
    addresses_known: bool = True
    seeking: Seeking | None = None
    delivered: list[Batch] = field(default_factory=list)
    collected: list[tuple[Batch, str]] = field(default_factory=list)

    async def account(self) -> Account:
        """Tell which account this is."""
        return IDENTITY.account

    async def inspect(
        self, mappings: Sequence[FieldMapping], fields: Mapping[str, Field], *, leave: Leave = Leave.KEEP
    ) -> Inspection:
        """Accept no mapping: nothing here asks for one."""
        return Inspection(fields=(), known=frozenset())

    def shape(
        self,
        fields: Sequence[MappedField],
        addressing: Addressing = Addressing.MATCH,
        action: Action = Action.WRITE,
    ) -> RecordShape:
        """Tell how a record is written."""
        return shape_of(addressing, action)

    async def look_up(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Look up nobody: nothing here asks for it."""
        return LookUp()

    async def gone(self, remote_ids: Sequence[str]) -> Sequence[str]:
        raise NotImplementedError

    async def read_filled(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        """Say that nobody has a value: nothing here asks for it."""

    async def prepare(self, fields: Sequence[MappedField], longest_text: LongestText) -> None:
        """Make ready."""

    async def deliver(self, batch: Batch, link: RunLink) -> Delivery:
        """Answer as the test says."""
        self.delivered.append(batch)
        return await self.deliver_with(batch, link)

    async def collect(self, batch: Batch, handle: str, fields: Sequence[MappedField]) -> Delivery:
        """Answer as the test says."""
        self.collected.append((batch, handle))
        return self.collect_with(batch, handle)


def as_service(fake: FakeService) -> Service:
    """Let the type checker see that the fake keeps the contract."""
    return fake
