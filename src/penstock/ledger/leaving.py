"""What is due to those who left, as SQL for the comparison: kept, cleared or removed, unless still wanted or held.

Leaving is planned once: a record that is marked as left is never looked at again until it returns, unless its removal
is pending, because another activation still wanted the user.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from penstock.catalog.entities import Leave, When
from penstock.ledger.folded_run import LEAVING
from penstock.ledger.gathering import gather
from penstock.mapping.slots import MappedSlot, bit_sum, mask
from penstock.plan.outcomes import ANOTHER_RECORD, STILL_WANTED

WANTED = "penstock_wanted"
"""Table (key, elsewhere) of those who left and whose user is still wanted, by another record or activation."""
PENDING = "penstock_pending"
"""Table (key) of those who have left and whose removal is pending."""


def leaving_sql(leave: Leave, due: str, *, has_wanted: bool, addresses_known: bool) -> tuple[str, str]:
    """SQL of what happens to a candidate that left, and why; `due` is true where something is to be cleared.

    Whoever may not exist is not cleared where that could create them.
    """
    if leave is Leave.KEEP:
        return "'leave'", "NULL"
    wanted = f"key IN (SELECT key FROM {WANTED})" if has_wanted else "false"
    elsewhere = f"key IN (SELECT key FROM {WANTED} WHERE elsewhere)" if has_wanted else "false"
    nothing = "false" if leave.removes else f"NOT ({due})"
    nothing += "" if leave.removes or addresses_known else " OR is_new"
    act = "remove" if leave.removes else "clear"
    op = (
        f"CASE WHEN {elsewhere} AND NOT was_member THEN 'hold' WHEN {wanted} OR ({nothing}) THEN 'leave'"
        f" WHEN held IS NOT NULL THEN 'hold' ELSE '{act}' END"
    )
    code = (
        f"CASE WHEN {nothing} THEN NULL WHEN {elsewhere} THEN '{STILL_WANTED}' WHEN {wanted} THEN '{ANOTHER_RECORD}'"
        " ELSE held END"
    )
    return op, code


def gather_pending(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make PENDING of the attached ledger; return whether there is anybody."""
    left = "SELECT key FROM penstock_ledger.confirmed WHERE NOT member"
    pending = f"SELECT key FROM penstock_ledger.holds WHERE slot = {LEAVING} AND key IN ({left})"
    return gather(connection, PENDING, pending)


def cleared_bits_sql(confirmed: Sequence[tuple[MappedSlot, str]], doubted: str, word: int) -> str:
    """SQL of the bits of the fields to clear: those with a confirmed value, given as SQL, and those in doubt."""
    clearable = [(mapped.slot.number, mapped, value) for mapped, value in confirmed if is_clearable(mapped)]
    bits = bit_sum([(number, _has_value(mapped, value)) for number, mapped, value in clearable], word)
    return f"({bits} | ({doubted} & {mask((number for number, _, _ in clearable), word)}))"


def is_clearable(mapped: MappedSlot) -> bool:
    """Whether a field is emptied when somebody leaves.

    Nothing that identifies a user or that every user has, and nothing whose rule keeps it from being emptied.
    """
    field = mapped.field
    return field.clearable and not field.required and not field.create_only and field.mapping.when is When.ALWAYS


def cleared_value_sql(mapped: MappedSlot) -> str:
    """SQL of what is confirmed of a field that was cleared."""
    return "false" if mapped.field.conversion.null_is_false else "NULL"


def _has_value(mapped: MappedSlot, value: str) -> str:
    return f"({value}) IS TRUE" if mapped.field.conversion.null_is_false else f"({value}) IS NOT NULL"


def tried_to_leave_sql(leave: Leave) -> str:
    """SQL of the hash by which a hold knows that it was the leaving that was refused."""
    return f"hash('leave', '{leave}')"
