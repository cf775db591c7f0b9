"""What a plan is made for, and what follows from it and the ledger's state before anything is compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from penstock.catalog.entities import Leave, Mode
from penstock.ledger.directory import Directory
from penstock.ledger.rest import rests
from penstock.ledger.state import LedgerState
from penstock.ledger.wanted import OtherLedger
from penstock.mapping.desired import DesiredRecords
from penstock.mapping.slots import MappedSlot, Slot
from penstock.plan.plan import RunKind
from penstock.plan.retry import Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What a plan is made for; `path` is where its file goes."""

    run: str
    activation: str
    full: bool
    made_at: datetime
    records: DesiredRecords
    key_type: str
    state: LedgerState | None
    mapping: str
    known: frozenset[str]
    """Fields that exist at the destination."""
    expect_set_aside: bool
    source_rows: int
    path: Path
    addresses_known: bool = False
    """Whether the destination addresses those who are known to exist by their remote id."""
    directory: Directory | None = None
    mode: Mode = Mode.UPSERT
    seeks: bool = False
    """Whether users are looked up before the plan is sent."""
    leave: Leave = Leave.KEEP
    others: tuple[OtherLedger, ...] = ()
    """Ledgers of the other activations that send to the same account."""
    retry: Retry | None = None
    """What is on hold and asked for."""

    @property
    def slots(self) -> tuple[MappedSlot, ...]:
        """The mapped slots."""
        return tuple(self.records.slots)

    @property
    def kind(self) -> RunKind:
        """Whether everything is sent or what differs."""
        return RunKind.FULL if self.full or self.state is None else RunKind.DELTA

    @property
    def confirmed(self) -> LedgerState | None:
        """The ledger's state, None if nothing is confirmed."""
        return self.state if self.state is not None and self.state.rows else None

    @property
    def accepted(self) -> tuple[int, ...]:
        """Withheld slots that are withheld no longer: asked for, or the destination has come to know the field."""
        names = self._withheld_names()
        asked_for = self.full or (self.retry is not None and self.retry.frees_withheld)
        return tuple(number for number, name in names.items() if asked_for or name in self.known)

    @property
    def withheld(self) -> tuple[int, ...]:
        """Slots that stay withheld."""
        accepted = self.accepted
        return tuple(number for number in self._withheld_names() if number not in accepted)

    @property
    def probes(self) -> tuple[Slot, ...]:
        """Those of them that are to be tried again."""
        next_tries = {field.slot: field.next_try for field in (self.state.withheld if self.state else ())}
        return tuple(
            mapped.slot
            for number in self.withheld
            for mapped in self.slots
            if mapped.slot.number == number and not rests(next_tries[number], self.made_at)
        )

    @property
    def reshapes(self) -> bool:
        """Whether the ledger's columns will be others afterwards."""
        slots = {mapped.slot for mapped in self.slots}
        return self.state is not None and (slots != set(self.state.slots) or bool(self.accepted))

    def _withheld_names(self) -> dict[int, str]:
        mapped = {each.slot.number: each.slot.name for each in self.slots}
        withheld = self.state.withheld if self.state else ()
        return {field.slot: mapped[field.slot] for field in withheld if field.slot in mapped}
