"""Slots: where a destination field lives in the ledger, and the bits that stand for it in words of 62.

A slot's number is never used again, so that a value can never be taken for that of another field. Names of fields
are kept beside the columns, not in them: `Plan` and `plan` are two fields and one column name in DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penstock.mapping.mapped import MappedField

WORD_BITS = 62
"""Bits in one word: a signed 64-bit number without its sign and a spare one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in the ledger for the values of one field, all of one type."""

    number: int
    name: str
    """The destination's exact name of the field."""
    identity: str
    """The conversion's identity: a field whose conversion changes gets a new slot."""
    stored_type: str

    @property
    def column(self) -> str:
        """The column of its values, in the ledger, the desired records and the plan."""
        return f"f{self.number}"

    @property
    def before(self) -> str:
        """The column of its confirmed values in a plan."""
        return f"p{self.number}"

    @property
    def refused(self) -> str:
        """The column of the texts that are none of its field's options, in the desired records."""
        return f"r{self.number}"

    @property
    def word(self) -> int:
        """Which word of bits it belongs to."""
        return self.number // WORD_BITS

    @property
    def bit(self) -> int:
        """Its bit, as a number, in that word."""
        return 1 << (self.number % WORD_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedSlot:
    """A slot with the mapped field that fills it."""

    slot: Slot
    field: MappedField


def words(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return the words that hold any of these slots; at least word 0."""
    return tuple(sorted({number // WORD_BITS for number in numbers} | {0}))


def bit_sum(conditions: Sequence[tuple[int, str]], word: int) -> str:
    """SQL of one word in which the bit of each slot is set whose condition (slot number, SQL) is true."""
    terms = [
        f"CASE WHEN {condition} THEN {1 << (number % WORD_BITS)}::BIGINT ELSE 0::BIGINT END"
        for number, condition in conditions
        if number // WORD_BITS == word
    ]
    return "(" + " + ".join(terms) + ")" if terms else "0::BIGINT"


def mask(numbers: Iterable[int], word: int) -> int:
    """Return one word in which the bits of these slots are set."""
    total = 0
    for number in numbers:
        if number // WORD_BITS == word:
            total |= 1 << (number % WORD_BITS)
    return total


def replaced(slots: Iterable[Slot], existing: Iterable[Slot]) -> dict[Slot, Slot]:
    """Return, for each new slot of a field whose type changed, the slot that it had before."""
    known = {slot.name: slot for slot in existing}
    found = {slot: known[slot.name] for slot in slots if slot.name in known}
    return {slot: before for slot, before in found.items() if slot.identity != before.identity}


def assign(fields: Sequence[MappedField], existing: Sequence[Slot], next_number: int) -> tuple[MappedSlot, ...]:
    """Give each field its slot: the existing one of that exact name and type, else a new number."""
    known = {(slot.name, slot.identity): slot for slot in existing}
    assigned: list[MappedSlot] = []
    for field in fields:
        slot = known.get((field.name, field.conversion.identity))
        if slot is None:
            slot = Slot(
                number=next_number,
                name=field.name,
                identity=field.conversion.identity,
                stored_type=field.conversion.stored_type,
            )
            next_number += 1
        assigned.append(MappedSlot(slot=slot, field=field))
    return tuple(assigned)
