"""Fields whose type changed: they have a new slot, and what was confirmed in the old one is in doubt until sent anew.

Otherwise a value that becomes empty as its type changes would never be cleared at the destination.
"""

from __future__ import annotations

from penstock.ledger.doubt import insert_doubts
from penstock.ledger.folded_run import FoldedRun
from penstock.ledger.state import stored_slots
from penstock.mapping.slots import Slot, replaced

_RETYPED = "penstock_retyped"
"""Table (key, slot) of what was confirmed, or in doubt, under another type; by the new slot."""


def note_retyped(run: FoldedRun) -> list[Slot]:
    """Keep in mind who has something in the old slots, which are about to go; gives the new ones."""
    before = replaced((mapped.slot for mapped in run.plan.slots), stored_slots(run.connection))
    if before:
        run.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_RETYPED} AS SELECT key, 0 AS slot FROM penstock_ledger.confirmed LIMIT 0"
        )
    for slot, old in before.items():
        run.connection.execute(
            f"INSERT INTO {_RETYPED} SELECT key, {slot.number} FROM penstock_ledger.confirmed"
            f" WHERE {old.column} IS NOT NULL"
            f" OR key IN (SELECT key FROM penstock_ledger.doubts WHERE slot = {old.number})"
        )
    return list(before)


def doubt_retyped(run: FoldedRun, slots: list[Slot]) -> None:
    """Put in doubt what of it the run did not confirm under the new type."""
    for slot in slots:
        insert_doubts(
            run,
            f"FROM penstock_ledger.confirmed WHERE (s{slot.word} & {slot.bit}) = 0"
            f" AND key IN (SELECT key FROM {_RETYPED} WHERE slot = {slot.number})",
            slot.number,
        )
