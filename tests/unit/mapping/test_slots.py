"""A slot belongs to one field of one type for ever."""

from __future__ import annotations

from penstock.mapping.slots import MappedSlot, Slot, assign, mask, words
from tests.unit.ledger.bench import BIGINT, TEXT, mapped_field


def slots(mapped: tuple[MappedSlot, ...]) -> list[Slot]:
    return [each.slot for each in mapped]


def test_names_that_differ_only_in_case_have_two_slots() -> None:
    first = assign([mapped_field("Plan", "a", TEXT), mapped_field("plan", "b", TEXT)], (), 0)
    assert [slot.number for slot in slots(first)] == [0, 1]


def test_a_field_keeps_its_slot_whatever_fills_it_and_wherever_it_stands() -> None:
    first = assign([mapped_field("x", "a", TEXT), mapped_field("y", "b", TEXT)], (), 0)
    second = assign([mapped_field("y", "other", TEXT), mapped_field("x", "a", TEXT, clear=True)], slots(first), 2)
    assert [slot.number for slot in slots(second)] == [1, 0]


def test_a_changed_type_and_a_field_that_comes_back_have_new_slots() -> None:
    first = assign([mapped_field("x", "a", TEXT), mapped_field("y", "b", TEXT)], (), 0)
    second = assign([mapped_field("x", "a", BIGINT)], slots(first), 2)
    assert [slot.number for slot in slots(second)] == [2]
    third = assign([mapped_field("x", "a", TEXT), mapped_field("y", "b", TEXT)], slots(second), 3)
    assert [slot.number for slot in slots(third)] == [3, 4]


def test_words_hold_sixty_two_bits() -> None:
    number = {n: Slot(number=n, name="x", identity="i", stored_type="VARCHAR") for n in (0, 61, 62, 123, 124)}
    assert {n: (slot.word, slot.bit) for n, slot in number.items()} == {
        0: (0, 1),
        61: (0, 1 << 61),
        62: (1, 1),
        123: (1, 1 << 61),
        124: (2, 1),
    }
    assert words([124]) == (0, 2)
    assert mask(range(62), 0) == (1 << 62) - 1
    assert mask([0, 62, 63], 1) == 3
