"""Request bodies: the JSON text of each record of a plan, its due fields alone, compiled to one SQL expression.

One flat `concat` writes everything, commas included: each text is copied once, and what is not due is null, which
`concat` leaves out. `concat_ws` would see to the commas by itself, but copies every member once more. How often a
field is due decides how it is asked for: the plan has counted that, and a field that is due in no record is not
written at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import orjson

from penstock.mapping.conversions import json_sql
from penstock.mapping.slots import MappedSlot, Slot, bit_sum, mask
from penstock.plan.plan import Plan
from penstock.plan.records import before_sql
from penstock.plan.shape import Addressing, FieldGroup, RecordShape
from penstock.quoting import quote_text

OFTEN = 0.5
"""From this share of records on, a field's name and value are arguments of the one `concat`. Below it they are put
together for the few that have them: another copy, but not two more arguments to go through for everyone."""


@dataclass(frozen=True, slots=True)
class _Literal:
    """Text that stands in every record as it is; the other parts of a record are SQL."""

    text: str


_Part: TypeAlias = _Literal | str


def record_sql(plan: Plan, shape: RecordShape) -> str:
    """SQL over a plan's file: a record as JSON with a comma behind it, so that a body is a slice of its column."""
    sent = max(plan.counts.sent, 1)
    return _record_sql(plan, shape, {name: records / sent for name, records in plan.changes.items()})


def uncounted_sql(plan: Plan) -> str:
    """SQL that is true of a record in which a field is due that is due in none as the plan has counted."""
    counted = [mapped.slot.number for mapped in plan.slots if plan.changes.get(mapped.slot.name)]
    return " OR ".join(f"(m{word} & {~mask(counted, word)}) <> 0" for word in plan.words)


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
            value = f"CASE WHEN {_any_due([slot])} THEN {slot.column} ELSE {before_sql(slot)} END"
        values.append(f"{value} AS {slot.column}")
        bits.append((slot.number, f"({_any_due([slot])} OR {value} IS NOT NULL)"))
    there = [f"{bit_sum(bits, word)} AS m{word}" for word in plan.words]
    body = f"{record_sql(plan, shape)} AS body"
    who = ["seq", "op", "match", "remote_id", *(["address"] if plan.keeps_case else [])]
    inner = f"SELECT {', '.join([*who, body, *values, *there])} FROM {rows}"
    shares = dict.fromkeys((mapped.slot.name for mapped in plan.slots), OFTEN)
    return f"SELECT seq, body, {_record_sql(plan, whole, shares)} AS whole FROM ({inner})"


def _record_sql(plan: Plan, shape: RecordShape, shares: Mapping[str, float]) -> str:
    """Write a record; `shares` are the parts of all records in which each field is due, none of them missing."""
    by_name = {mapped.slot.name: mapped for mapped in plan.slots if shares.get(mapped.slot.name)}
    address = "remote_id"
    if shape.addressing is Addressing.MATCH:
        address = f"to_json({'address' if plan.keeps_case else 'match'})"
    parts: list[_Part] = [_Literal(f"{{{_name(shape.identifier)}:"), address]
    parts += [_Literal(f",{_name(name)}:{text}") for name, text in shape.constants]
    parts += [_where("op = 'create'", [_Literal(f",{_name(name)}:{text}")]) for name, text in shape.newcomers]
    for group in shape.groups:
        # Those that every record has come first: what stands before the others is then known.
        present = (by_name[name] for name in group.fields if name in by_name)
        slots = sorted(present, key=lambda mapped: shares[mapped.slot.name] < 1)
        if group.member is None:
            parts += _fields(slots, group, shape, shares, follow=True)
        elif slots:
            parts += _group(group.member, slots, group, shape, shares)
    return _concat([*parts, _Literal("},")])


def _group(
    member: str, slots: Sequence[MappedSlot], group: FieldGroup, shape: RecordShape, shares: Mapping[str, float]
) -> list[_Part]:
    """Write an object, or nothing where none of its fields is due."""
    opening, closing = _Literal(f",{_name(member)}:{{"), _Literal("}")
    fields = _fields(slots, group, shape, shares, follow=False)
    if shares[slots[0].slot.name] >= 1:
        return [opening, *fields, closing]
    any_due = _any_due([mapped.slot for mapped in slots])
    return [_where(any_due, [opening]), *fields, _where(any_due, [closing])]


def _fields(
    slots: Sequence[MappedSlot], group: FieldGroup, shape: RecordShape, shares: Mapping[str, float], *, follow: bool
) -> list[_Part]:
    """Write the due ones of these fields; with `follow` something stands before the first of them."""
    parts: list[_Part] = []
    before: list[Slot] = []
    for mapped in slots:
        slot = mapped.slot
        name = _name(group.written.get(slot.name, slot.name))
        text = json_sql(mapped.field.conversion, slot.column, instant_format=shape.instant_format)
        value = f"coalesce({text}, {quote_text(mapped.field.conversion.cleared)})"
        opening: _Part = _Literal(f",{name}:" if follow else f"{name}:")
        if shares[slot.name] >= 1:
            parts += [opening, value]
            follow = True
            continue
        if before and not follow:
            opening = f"CASE WHEN {_any_due(before)} THEN {quote_text(f',{name}:')} ELSE {quote_text(f'{name}:')} END"
        due = _any_due([slot])
        if shares[slot.name] < OFTEN:
            parts.append(_where(due, [opening, value]))
        else:
            parts += [_where(due, [opening]), _where(due, [value])]
        before.append(slot)
    return parts


def _where(condition: str, parts: Sequence[_Part]) -> str:
    """SQL of parts that are written where a condition is true."""
    return f"CASE WHEN {condition} THEN {_concat(parts)} END"


def _concat(parts: Iterable[_Part]) -> str:
    """SQL of all parts, one behind the other; literals that touch are one."""
    arguments: list[str] = []
    for literal, run in groupby(parts, key=lambda part: isinstance(part, _Literal)):
        if literal:
            arguments.append(quote_text("".join(part.text for part in run if isinstance(part, _Literal))))
        else:
            arguments += [part for part in run if isinstance(part, str)]
    return arguments[0] if len(arguments) == 1 else f"concat({', '.join(arguments)})"


def _any_due(slots: Sequence[Slot]) -> str:
    """SQL that is true where one of these fields is due."""
    words = sorted({slot.word for slot in slots})
    return "(" + " OR ".join(f"(m{word} & {mask((s.number for s in slots), word)}) <> 0" for word in words) + ")"


def _name(name: str) -> str:
    return orjson.dumps(name).decode()
