"""What happens to a record: the operation, and the code that says why."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.entities import Mode
from penstock.ledger.comparison import Comparison, Shape
from penstock.ledger.due import is_there_sql
from penstock.ledger.leaving import PENDING, leaving_sql, tried_to_leave_sql
from penstock.ledger.set_aside import SET_ASIDE
from penstock.ledger.taken import TAKEN
from penstock.mapping.slots import MappedSlot
from penstock.plan.outcomes import IDENTITY_HELD

SHARED = "penstock_shared"
"""Table (key) of members that share a user at the destination."""


def record_hold_sql(comparison: Comparison) -> str:
    """SQL of the code of the hold that is in force for a record, null if none is."""
    if not comparison.has_holds:
        return "CAST(NULL AS VARCHAR)"
    tried = tried_hash(comparison.slots, "d")
    if comparison.shape is not Shape.FIRST:
        tried = f"CASE WHEN d.key IS NULL THEN {tried_to_leave_sql(comparison.leave)} ELSE {tried} END"
    return f"CASE WHEN hr.tried = {tried} THEN hr.code END"


def tried_hash(slots: Sequence[MappedSlot], relation: str) -> str:
    """SQL of the hash of all values of a record, by which a hold knows that they have changed."""
    values = ", ".join(f"{relation}.{mapped.slot.column}" for mapped in slots)
    return f"hash({relation}.match, {values})"


def _missing(comparison: Comparison) -> str:
    """SQL that is true where a required value is missing: nobody is created without it, and it is never cleared."""
    created = "false" if comparison.mode is Mode.UPDATE else f"NOT {is_there_sql(comparison)}"
    parts = [
        f"({m.slot.column} IS NULL AND ({created} OR (m{m.slot.word} & {m.slot.bit}) <> 0))"
        for m in comparison.required
    ]
    return "(" + " OR ".join(parts) + ")" if parts else "false"


def verdict_sql(comparison: Comparison) -> tuple[str, str]:
    """SQL of the operation and of its code, over the columns of a judged candidate; null where nothing happens."""
    if comparison.shape is Shape.FIRST:
        return _first_verdict(comparison)
    return _later_verdict(" OR ".join(f"m{word} <> 0" for word in comparison.words), comparison)


def _first_verdict(comparison: Comparison) -> tuple[str, str]:
    missing = _missing(comparison)
    return (
        f"CASE WHEN held IS NOT NULL OR {missing} THEN 'hold' ELSE 'create' END",
        f"coalesce(held, CASE WHEN {missing} THEN 'required_value_missing' END)",
    )


def _later_verdict(due: str, comparison: Comparison) -> tuple[str, str]:
    left = f"(was_member OR key IN (SELECT key FROM {PENDING}))" if comparison.has_pending else "was_member"
    if comparison.has_set_aside:
        left += f" AND key NOT IN (SELECT key FROM {SET_ASIDE})"
    leaves, why = leaving_sql(
        comparison.leave, due, has_wanted=comparison.has_wanted, addresses_known=comparison.addresses_known
    )
    taken = f"key IN (SELECT key FROM {TAKEN})" if comparison.has_taken else "false"
    shared = f"key IN (SELECT key FROM {SHARED})" if comparison.has_shared else "false"
    held = f"held IS NOT NULL AND (is_new OR restores OR {due})"
    missing = f"{_missing(comparison)} AND (is_new OR {due})"
    fixed = " OR ".join(f"x{word} <> 0" for word in comparison.words)
    done, done_code = "", ""
    if comparison.mode is Mode.INSERT:  # whoever was created is none of its business any more
        done = " WHEN NOT (is_new OR restores) THEN CASE WHEN NOT was_member THEN 'return' END"
        done_code = " WHEN NOT (is_new OR restores) THEN NULL"
    op = (
        f"CASE WHEN gone THEN CASE WHEN {left} THEN {leaves} END"
        f"{done} WHEN identity_changed OR {taken} OR {shared} OR ({held}) OR ({missing}) THEN 'hold'"
        " WHEN is_new THEN 'create'"
        f" WHEN restores OR {due} THEN 'update'"
        " WHEN NOT was_member THEN 'return'"
        f" WHEN unsendable OR held_field OR {fixed} THEN 'hold' END"
    )
    code = (
        f"CASE WHEN gone THEN {why}{done_code} WHEN identity_changed THEN 'identity_changed'"
        f" WHEN {taken} THEN 'identity_taken'"
        f" WHEN {shared} THEN 'same_user'"
        f" WHEN {held} THEN held WHEN {missing} THEN 'required_value_missing'"
        f" WHEN NOT is_new AND NOT (restores OR {due}) AND was_member THEN"
        f" CASE WHEN unsendable THEN 'unsendable_value' WHEN {fixed} THEN '{IDENTITY_HELD}'"
        " WHEN held_field THEN 'field_held' END END"
    )
    return op, code
