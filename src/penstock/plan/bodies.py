"""Request bodies: the JSON text of each record of a plan, its due fields alone, compiled to one SQL expression.

One flat `concat` writes everything, commas included: each text is copied once, and what is not due is null, which
`concat` leaves out. `concat_ws` would see to the commas by itself, but copies every member once more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import orjson

from penstock.mapping.conversions import json_sql
from penstock.mapping.slots import MappedSlot, Slot, bit_sum, mask
from penstock.plan.plan import Plan
from penstock.plan.shape import Addressing, FieldGroup, RecordShape
from penstock.quoting import quote_text


def record_sql(plan: Plan, shape: RecordShape) -> str:
    """SQL over a plan's file: a record as JSON with a comma behind it, so that a body is a slice of its column."""
    always = {name for name, records in plan.changes.items() if records == plan.counts.sent}
    return _record_sql(plan, shape, always)


def with_whole_sql(plan: Plan, rows: str, shape: RecordShape, whole: RecordShape) -> str:
    """SELECT of a plan's `rows`: seq, `body` (see `record_sql`), and `whole`, with every value that is to be there.

    That is each due value and, of the others, what is confirmed. A value to be cleared is written as well: the user
    may have been created again with it, by a request whose answer was lost.
    """
    values, bits = [], []
    for mapped in plan.slots:
        slot = mapped.slot
        value = f"CASE WHEN {_any_due([slot])} THEN {slot.column} END"
        if plan.compared:
            value = f"CASE WHEN {_any_due([slot])} THEN {slot.column} ELSE {slot.before} END"
        values.append(f"{value} AS {slot.column}")
        bits.append((slot.number, f"({_any_due([slot])} OR {value} IS NOT NULL)"))
    there = [f"{bit_sum(bits, word)} AS m{word}" for word in plan.words]
    body = f"{record_sql(plan, shape)} AS body"
    who = ["seq", "match", "remote_id", *(["address"] if plan.keeps_case else [])]
    inner = f"SELECT {', '.join([*who, body, *values, *there])} FROM {rows}"
    return f"SELECT seq, body, {_record_sql(plan, whole, ())} AS whole FROM ({inner})"


def _record_sql(plan: Plan, shape: RecordShape, always: Collection[str]) -> str:
    by_name = {mapped.slot.name: mapped for mapped in plan.slots}
    address = "remote_id"
    if shape.addressing is Addressing.MATCH:
        address = f"to_json({'address' if plan.keeps_case else 'match'})"
    parts = [quote_text(f"{{{_name(shape.identifier)}:"), address]
    parts += [quote_text(f",{_name(name)}:{text}") for name, text in shape.constants]
    for group in shape.groups:
        # Those that every record has come first: what stands before the others is then known.
        slots = sorted((by_name[name] for name in group.fields), key=lambda mapped: mapped.slot.name not in always)
        if group.member is None:
            parts += _fields(slots, group, shape, always, follow=True)
        elif slots:
            parts += _group(group.member, slots, group, shape, always)
    return f"concat({', '.join(parts)}, '}},')"


def _group(
    member: str, slots: Sequence[MappedSlot], group: FieldGroup, shape: RecordShape, always: Collection[str]
) -> list[str]:
    """Write an object, or nothing where none of its fields is due."""
    opening, closing = quote_text(f",{_name(member)}:{{"), "'}'"
    fields = _fields(slots, group, shape, always, follow=False)
    if slots[0].slot.name in always:
        return [opening, *fields, closing]
    any_due = _any_due([mapped.slot for mapped in slots])
    return [f"CASE WHEN {any_due} THEN {opening} END", *fields, f"CASE WHEN {any_due} THEN {closing} END"]


def _fields(
    slots: Sequence[MappedSlot], group: FieldGroup, shape: RecordShape, always: Collection[str], *, follow: bool
) -> list[str]:
    """Write the due ones of these fields; with `follow` something stands before the first of them."""
    parts: list[str] = []
    before: list[Slot] = []
    for mapped in slots:
        slot = mapped.slot
        name = _name(group.written.get(slot.name, slot.name))
        alone, following = quote_text(f"{name}:"), quote_text(f",{name}:")
        text = json_sql(mapped.field.conversion, slot.column, instant_format=shape.instant_format)
        value = f"coalesce({text}, {quote_text(mapped.field.conversion.cleared)})"
        if slot.name in always:
            parts += [following if follow else alone, value]
            follow = True
            continue
        due = _any_due([slot])
        if follow or not before:
            parts.append(f"CASE WHEN {due} THEN {following if follow else alone} END")
        else:
            parts.append(f"CASE WHEN NOT {due} THEN NULL WHEN {_any_due(before)} THEN {following} ELSE {alone} END")
        parts.append(f"CASE WHEN {due} THEN {value} END")
        before.append(slot)
    return parts


def _any_due(slots: Sequence[Slot]) -> str:
    """SQL that is true where one of these fields is due."""
    words = sorted({slot.word for slot in slots})
    return "(" + " OR ".join(f"(m{word} & {mask((s.number for s in slots), word)}) <> 0" for word in words) + ")"


def _name(name: str) -> str:
    return orjson.dumps(name).decode()
