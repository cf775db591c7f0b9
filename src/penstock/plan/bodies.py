"""Request bodies: the JSON text of each record of a plan, its due fields alone, compiled to one SQL expression."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from penstock.mapping.conversions import json_sql
from penstock.mapping.slots import MappedSlot, mask
from penstock.plan.plan import Plan
from penstock.plan.shape import FieldGroup, RecordShape
from penstock.quoting import quote_text


def record_sql(plan: Plan, shape: RecordShape) -> str:
    """SQL over a plan's file: a record as JSON with a comma behind it, so that a body is a slice of its column."""
    by_name = {mapped.slot.name: mapped for mapped in plan.slots}
    members = [f"concat({_member(shape.identifier)}, to_json(match))"]
    members += [quote_text(f"{_name(name)}:{text}") for name, text in shape.constants]
    for group in shape.groups:
        slots = [by_name[name] for name in group.fields]
        if group.member is None:
            members += [_due_member(mapped, shape) for mapped in slots]
        elif slots:
            members.append(_group(group, slots, shape))
    return f"concat('{{', concat_ws(',', {', '.join(members)}), '}},')"


def _group(group: FieldGroup, slots: Sequence[MappedSlot], shape: RecordShape) -> str:
    fields = ", ".join(_due_member(mapped, shape) for mapped in slots)
    words = sorted({mapped.slot.word for mapped in slots})
    any_due = " OR ".join(f"(m{word} & {mask((m.slot.number for m in slots), word)}) <> 0" for word in words)
    opening = quote_text(f"{_name(group.member or '')}:{{")
    return f"CASE WHEN {any_due} THEN concat({opening}, concat_ws(',', {fields}), '}}') END"


def _due_member(mapped: MappedSlot, shape: RecordShape) -> str:
    slot = mapped.slot
    text = json_sql(mapped.field.conversion, slot.column, instant_format=shape.instant_format)
    value = f"concat({_member(slot.name)}, coalesce({text}, 'null'))"
    return f"CASE WHEN (m{slot.word} & {slot.bit}) <> 0 THEN {value} END"


def _member(name: str) -> str:
    return quote_text(f"{_name(name)}:")


def _name(name: str) -> str:
    return orjson.dumps(name).decode()
