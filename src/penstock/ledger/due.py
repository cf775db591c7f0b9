"""The fields of a record that are due, as bits.

One law: a field is due when its desired value differs from the confirmed one, or is in doubt; unless the value cannot
be sent, the field is held, or it is withheld. What is due to those who left is in `leaving`.
"""

from __future__ import annotations

from penstock.catalog.entities import Leave, When
from penstock.ledger.comparison import Comparison, Part, Shape
from penstock.ledger.leaving import cleared_bits_sql
from penstock.ledger.rules import clears, never_sent_sql, only_if_empty, ruled_due_sql
from penstock.mapping.slots import MappedSlot, Slot, bit_sum, mask


def due_bits_sql(comparison: Comparison, word: int, part: Part) -> str:
    """SQL of the bits of the fields that are due."""
    bits = _differing_bits(comparison, word, part)
    if comparison.has_holds:
        bits = f"({bits} & ~coalesce(hf.w{word}, 0))"
    if comparison.leave is Leave.CLEAR and comparison.shape is not Shape.FIRST and part is not Part.SAME:
        cleared = [(mapped, _confirmed_or_replaced(comparison, mapped.slot)) for mapped in comparison.compared]
        doubted = f"coalesce(q.w{word}, 0)" if comparison.has_doubts else "0"
        bits = f"CASE WHEN d.key IS NULL THEN {cleared_bits_sql(cleared, doubted, word)} ELSE {bits} END"
    return bits


def _confirmed_or_replaced(comparison: Comparison, slot: Slot) -> str:
    """SQL of the confirmed value of a slot; of one that had another type before, whether there is a value."""
    before = comparison.replaced.get(slot)
    return comparison.confirmed(slot) if before is None else f"CASE WHEN c.{before.column} IS NOT NULL THEN true END"


def _differing_bits(comparison: Comparison, word: int, part: Part) -> str:
    """SQL of the bits of the fields that are due if they are not held."""
    conditions = [
        (mapped.slot.number, _due(comparison, mapped, part))
        for mapped in comparison.compared
        if mapped.slot.word == word
    ]
    bits = bit_sum(conditions, word)
    if comparison.has_doubts:
        allowed = mask((mapped.slot.number for mapped in comparison.compared), word)
        bits = f"({bits} | (coalesce(q.w{word}, 0) & {allowed}))"
    if any(slot.word == word for slot in comparison.probe):
        bits = f"({bits} | coalesce(t.w{word}, 0))"
    empty = never_sent_sql(comparison.compared, word)
    if empty is not None:
        bits = f"({bits} & ~{empty})"
    return f"coalesce({bits} & ~{_unsendable_bits(word, part)}, 0)"


def _due(comparison: Comparison, mapped: MappedSlot, part: Part) -> str:
    value = f"d.{mapped.slot.column}"
    confirmed_bit = comparison.is_confirmed(mapped.slot)
    if mapped.field.mapping.when is not When.ALWAYS:
        anew = comparison.shape is Shape.FIRST or comparison.full
        return ruled_due_sql(mapped, value, comparison.confirmed(mapped.slot, part), anew=anew)
    if comparison.shape is Shape.FIRST:
        return "true" if clears(mapped) else f"{value} IS NOT NULL"
    confirmed = comparison.confirmed(mapped.slot, part)
    due = f"{value} IS DISTINCT FROM {confirmed}" if confirmed != value else "false"
    if comparison.full and not mapped.field.create_only:  # one that cannot be sent again is told only if it differs
        due = f"{value} IS NOT NULL OR {confirmed_bit}"
    if clears(mapped):
        due += f" OR ({value} IS NULL AND NOT {confirmed_bit})"
    before = comparison.replaced.get(mapped.slot)
    if before is not None:
        due += f" OR ({value} IS NULL AND c.{before.column} IS NOT NULL)"
    return due


def split_bits_sql(comparison: Comparison) -> str:
    """SQL of the due fields: those that are sent (`m<word>`), and those that only a creation may set (`x<word>`)."""
    parts = []
    for word in comparison.words:
        fixed = mask((mapped.slot.number for mapped in comparison.fixed), word)
        if not fixed:
            parts.append(f"due{word} AS m{word}, 0::BIGINT AS x{word}")
            continue
        there = is_there_sql(comparison)
        parts.append(f"CASE WHEN {there} THEN due{word} & {~fixed} ELSE due{word} END AS m{word}")
        parts.append(f"CASE WHEN {there} THEN due{word} & {fixed} ELSE 0 END AS x{word}")
    return ", ".join(parts)


def is_there_sql(comparison: Comparison) -> str:
    """SQL that is true of those who are known to exist at the destination."""
    confirmed = "" if comparison.shape is Shape.FIRST else " OR NOT is_new"
    return f"(remote_id IS NOT NULL{confirmed})"


def unsendable_sql(comparison: Comparison, part: Part) -> str:
    """SQL that is true of a record with a value that cannot be sent."""
    numbers = [mapped.slot.number for mapped in comparison.compared]
    return " OR ".join(f"({_unsendable_bits(word, part)} & {mask(numbers, word)}) <> 0" for word in comparison.words)


def _unsendable_bits(word: int, part: Part) -> str:
    """SQL of the bits of the fields whose value cannot be sent; whoever has one is in DIFFERING."""
    return "0::BIGINT" if part is Part.SAME else f"d.b{word}"


def field_hold_sql(comparison: Comparison, part: Part) -> str:
    """SQL that is true where a field would be due if it were not held.

    One that is only sent while the destination has no value is as it should be while it is held.
    """
    if not comparison.has_holds:
        return "false"
    held = [
        f"({_differing_bits(comparison, word, part)} & {~only_if_empty(comparison.slots, word)}"
        f" & coalesce(hf.w{word}, 0)) <> 0"
        for word in comparison.words
    ]
    return "(" + " OR ".join(held) + ")"
