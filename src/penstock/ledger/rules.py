"""Fields with a rule of their own: sent only while the destination has no value, or never without a value."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.entities import When, WhenEmpty
from penstock.mapping.conversions import Target
from penstock.mapping.slots import MappedSlot, bit_sum, mask


def given_sql(mapped: MappedSlot, value: str) -> str:
    """SQL that is true of a value that is not empty: not null, no blank text, no empty list or object."""
    if mapped.slot.stored_type != "VARCHAR":
        return f"({value} IS NOT NULL)"
    empty = "('', '[]', '{}')" if mapped.field.conversion.target is Target.JSON else "('')"
    return f"coalesce(trim({value}) NOT IN {empty}, false)"


def is_sent_anew_sql(mapped: MappedSlot) -> str:
    """SQL of whether a field is sent to whoever is created again."""
    if mapped.field.mapping.when is not When.ALWAYS:
        return given_sql(mapped, mapped.slot.column)
    return "true" if clears(mapped) else f"({mapped.slot.column} IS NOT NULL)"


def ruled_due_sql(mapped: MappedSlot, value: str, confirmed: str, *, anew: bool) -> str:
    """SQL of whether a field with a rule is due; `anew` where nothing counts as confirmed.

    A field that is only sent while the destination has no value is done once it was confirmed with one.
    """
    given = given_sql(mapped, value)
    if anew:
        return given
    if mapped.field.mapping.when is When.ONLY_IF_EMPTY:
        return f"({given} AND {confirmed} IS NULL)"
    return f"({given} AND {value} IS DISTINCT FROM {confirmed})"


def never_sent_sql(slots: Sequence[MappedSlot], word: int) -> str | None:
    """SQL of the bits of the fields that are not sent as they are empty; None if no field has such a rule."""
    ruled = [mapped for mapped in slots if mapped.slot.word == word and mapped.field.mapping.when is not When.ALWAYS]
    if not ruled:
        return None
    return bit_sum([(m.slot.number, f"NOT {given_sql(m, f'd.{m.slot.column}')}") for m in ruled], word)


def only_if_empty(slots: Sequence[MappedSlot], word: int) -> int:
    """The bits of the fields that are only sent while the destination has no value."""
    return mask((m.slot.number for m in slots if m.field.mapping.when is When.ONLY_IF_EMPTY), word)


def clears(mapped: MappedSlot) -> bool:
    """Whether an empty value is sent even if none was ever confirmed."""
    return mapped.field.mapping.when_empty is WhenEmpty.CLEAR
