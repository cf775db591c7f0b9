"""The comparison of desired with confirmed records, compiled to one statement that writes the plan's file."""

from __future__ import annotations

from pathlib import Path

from penstock.catalog.entities import Leave
from penstock.ledger.candidates import (
    candidates_sql,
    identity_changed_sql,
    in_doubt_sql,
    key_sql,
    match_sql,
    remote_id_sql,
    seen_at_sql,
)
from penstock.ledger.comparison import Comparison, Part, Shape
from penstock.ledger.due import due_bits_sql, field_hold_sql, split_bits_sql, unsendable_sql
from penstock.ledger.leaving import cleared_value_sql
from penstock.ledger.state import SUSPENDED
from penstock.ledger.verdict import record_hold_sql, verdict_sql
from penstock.mapping.slots import MappedSlot, bit_sum
from penstock.plan.records import FILE_FORMAT
from penstock.plan.routes import action_sql, way_sql
from penstock.quoting import quote_text


def plan_sql(comparison: Comparison, path: Path) -> str:
    """Statement that writes the plan's file."""
    columns = ["op", "code", "route", "known", "gone", "unsendable", "key", "match", "remote_id"]
    columns += ["address"] if comparison.keeps_case else []
    columns += ["seen_at", "in_doubt"] if comparison.seeks else []
    columns += [f"{bits}{word}" for word in comparison.words for bits in ("m", "x")]
    columns += [mapped.slot.column for mapped in comparison.slots]
    if comparison.shape is not Shape.FIRST:
        columns += ["p_match", "was_member", *(mapped.slot.before for mapped in comparison.slots)]
        columns += [f"{bits}{word}" for word in comparison.words for bits in ("s", "e")]
    rows = [
        f"SELECT {', '.join(columns)} FROM ({_judged_sql(comparison, part)}) WHERE op IS NOT NULL"
        for part in comparison.parts
    ]
    return f"COPY ({' UNION ALL '.join(rows)}) TO {quote_text(str(path))} ({FILE_FORMAT})"


def _judged_sql(comparison: Comparison, part: Part) -> str:
    """SELECT of the candidate records with what happens to each; `op` is null where nothing does."""
    bits = [f"{due_bits_sql(comparison, word, part)} AS due{word}" for word in comparison.words]
    columns = [*bits, f"({unsendable_sql(comparison, part)}) AS unsendable", f"{key_sql(comparison, part)} AS key"]
    columns += [f"{remote_id_sql(comparison)} AS remote_id", f"{in_doubt_sql(comparison)} AS in_doubt"]
    columns += [f"{seen_at_sql(comparison)} AS seen_at"] if comparison.seeks else []
    if comparison.shape is Shape.FIRST:
        columns += ["d.match AS match", *(f"d.{mapped.slot.column}" for mapped in comparison.slots)]
        columns += ["false AS known", "false AS gone", "false AS restores"]
        columns += ["d.address AS address"] if comparison.keeps_case else []
    else:
        columns += [
            f"{match_sql('match', part)} AS match",
            "c.key IS NOT NULL AS known",
            "d.key IS NULL AS gone",
            f"{identity_changed_sql(part)} AS identity_changed",
            "c.member AS was_member",
            f"{f'd.key IS NOT NULL AND {SUSPENDED}' if comparison.has_suspended else 'false'} AS restores",
        ]
        columns += [_value(comparison, mapped) for mapped in comparison.slots]
        columns += [f"{match_sql('address', part)} AS address"] if comparison.keeps_case else []
        columns += _before(comparison, part)
        columns += [f"{comparison.confirmed_bits(word)} AS s{word}" for word in comparison.words]
        columns += ["c.confirmed_at IS NULL AS is_new"]
    columns += [f"{record_hold_sql(comparison)} AS held", f"{field_hold_sql(comparison, part)} AS held_field"]
    op, code = verdict_sql(comparison)
    way = way_sql("remote_id", "in_doubt") if comparison.addresses_known else "0"
    route = f"({way} + {action_sql('op', comparison.leave, 'restores')})::TINYINT"
    candidates = f"SELECT {', '.join(columns)} FROM {candidates_sql(comparison, part)}"
    split = f"SELECT * EXCLUDE ({_due_words(comparison)}), {split_bits_sql(comparison)} FROM ({candidates})"
    judged = f"SELECT *, {op} AS op, {code} AS code FROM ({split})"
    return f"SELECT *, {route} AS route FROM ({judged})"


def _before(comparison: Comparison, part: Part) -> list[str]:
    """SQL of what is confirmed; what is to be there as well is not written twice, for texts are dear to write."""
    columns = [f"{'NULL::VARCHAR' if part is Part.SAME else 'c.match'} AS p_match"]
    same: list[tuple[int, str]] = []
    for slot in (mapped.slot for mapped in comparison.slots):
        value, confirmed = f"d.{slot.column}", comparison.confirmed(slot, part)
        is_same = (
            "true" if value == confirmed else f"(d.key IS NOT NULL AND {value} IS NOT DISTINCT FROM {confirmed})"
        )
        columns.append(f"CASE WHEN NOT {is_same} THEN {confirmed} END AS {slot.before}")
        same.append((slot.number, is_same))
    return [*columns, *(f"{bit_sum(same, word)} AS e{word}" for word in comparison.words)]


def _due_words(comparison: Comparison) -> str:
    return ", ".join(f"due{word}" for word in comparison.words)


def _value(comparison: Comparison, mapped: MappedSlot) -> str:
    """SQL of the value that is to be there."""
    value = f"d.{mapped.slot.column}"
    if comparison.leave is not Leave.CLEAR or not mapped.field.conversion.null_is_false:
        return value
    return f"CASE WHEN d.key IS NULL THEN {cleared_value_sql(mapped)} ELSE {value} END AS {mapped.slot.column}"
