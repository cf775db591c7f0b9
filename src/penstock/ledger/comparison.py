"""What is compared with what, how, and which exceptions are in force: all that the parts of the statement ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from penstock.catalog.entities import Leave, Mode
from penstock.ledger.state import LedgerState
from penstock.mapping.slots import MappedSlot, Slot, replaced, words


class Part(StrEnum):
    """Whom a SELECT of candidates is about."""

    ALL = "all"
    DIFFERING = "differing"
    SAME = "same"
    """Those in whom nothing differs that is confirmed, but for wide slots."""


class Shape(StrEnum):
    """How the comparison is computed; all give the same plan."""

    FIRST = "first"
    """Nothing is confirmed: no comparison."""
    DIFFERING = "differing"
    """Compare the values of those keys alone whose hashes differ: cheapest when few do."""
    EVERYBODY = "everybody"
    """The same, and beside them all others, of whom only the values of `wide` slots are fetched: the rest is as
    desired."""
    JOIN = "join"
    """Join all values: slower, and the only one that bears the values of most records differing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is compared, and which exceptions are in force."""

    slots: Sequence[MappedSlot]
    state: LedgerState | None
    shape: Shape
    full: bool
    excluded: frozenset[int]
    """Slots that are withheld."""
    wide: frozenset[int] = frozenset()
    """Slots whose value differs in so many that it is compared for everybody."""
    probe: tuple[Slot, ...] = ()
    """Withheld slots that a record tries again, as PROBES says."""
    has_set_aside: bool = False
    has_holds: bool = False
    has_doubts: bool = False
    has_taken: bool = False
    has_shared: bool = False
    has_wanted: bool = False
    """Whether there are users who left and are still wanted, as WANTED says."""
    has_pending: bool = False
    """Whether the removal of some who have left is pending, as PENDING says."""
    leave: Leave = Leave.KEEP
    addresses_known: bool = False
    """Whether the destination addresses those who are known to exist by their remote id."""
    has_directory: bool = False
    keeps_case: bool = False
    """Whether the match value is sent otherwise than it is compared."""
    mode: Mode = Mode.UPSERT
    seeks: bool = False
    """Whether the plan says when a user was last seen or written at the destination."""

    @property
    def fixed(self) -> tuple[MappedSlot, ...]:
        """The slots of what is set when a user is created and held when it changes."""
        return tuple(mapped for mapped in self.compared if mapped.field.create_only)

    @property
    def required(self) -> tuple[MappedSlot, ...]:
        """The slots without whose value nobody is created."""
        return tuple(mapped for mapped in self.compared if mapped.field.required)

    @property
    def words(self) -> tuple[int, ...]:
        """Words of bits in use."""
        return words(mapped.slot.number for mapped in self.slots)

    @property
    def compared(self) -> tuple[MappedSlot, ...]:
        """The slots that are compared for every record."""
        return tuple(mapped for mapped in self.slots if mapped.slot.number not in self.excluded)

    @property
    def has_suspended(self) -> bool:
        """Whether there are users whom this activation suspended."""
        return self.state is not None and self.state.suspended > 0

    @property
    def replaced(self) -> dict[Slot, Slot]:
        """The slots that fields of another type had before, whose values can only be told to be there."""
        return replaced((mapped.slot for mapped in self.slots), self.state.slots if self.state else ())

    @property
    def hashed(self) -> tuple[MappedSlot, ...]:
        """The compared slots that the ledger has, but for wide ones: their values are hashed."""
        return tuple(m for m in self.compared if self._has(m.slot) and m.slot.number not in self.wide)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The candidates, part by part."""
        if self.shape is Shape.DIFFERING:
            return (Part.DIFFERING,)
        return (Part.SAME, Part.DIFFERING) if self.shape is Shape.EVERYBODY else (Part.ALL,)

    def _has(self, slot: Slot) -> bool:
        return self.state is not None and slot in self.state.slots

    def confirmed(self, slot: Slot, part: Part = Part.ALL) -> str:
        """SQL of the confirmed value of a slot, from the ledger's row `c`."""
        if not self._has(slot):
            return f"CAST(NULL AS {slot.stored_type})"
        same = part is Part.SAME and slot.number not in self.excluded | self.wide
        return f"{'d' if same else 'c'}.{slot.column}"

    def confirmed_bits(self, word: int) -> str:
        """SQL of the bits of the fields that are confirmed."""
        present = self.state is not None and any(slot.word == word for slot in self.state.slots)
        return f"coalesce(c.s{word}, 0)" if present else "0::BIGINT"

    def is_confirmed(self, slot: Slot) -> str:
        """SQL that is true where a field is confirmed, with or without a value."""
        return f"({self.confirmed_bits(slot.word)} & {slot.bit}) <> 0"
