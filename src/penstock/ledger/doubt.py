"""What a run leaves in doubt: sent, and nobody knows whether it was applied."""

from __future__ import annotations

from penstock.ledger.confirm import note_unconfirmed
from penstock.ledger.folded_run import RANGES_PER_STATEMENT, RECORD, FoldedRun
from penstock.plan.outcomes import Outcome
from penstock.plan.receipts import range_sql


def doubt(run: FoldedRun) -> None:
    """Note the fields of every record whose answer was lost, and the existence of those that were to be created."""
    lost = run.receipts.lost()
    unknown = f"outcome = '{Outcome.UNKNOWN.value}'"
    for start in range(0, len(lost), RANGES_PER_STATEMENT):
        ranges = range_sql("seq", lost[start : start + RANGES_PER_STATEMENT])
        _doubt_rows(run, f"{ranges} AND seq NOT IN (SELECT seq FROM exceptions WHERE whole OR {unknown})")
    if any(exception.outcome is Outcome.UNKNOWN for exception in run.receipts.exceptions):
        _doubt_rows(run, f"seq IN (SELECT seq FROM exceptions WHERE {unknown})")


def _doubt_rows(run: FoldedRun, condition: str) -> None:
    rows = f"FROM plan WHERE {condition}"
    for mapped in run.plan.slots:
        slot = mapped.slot
        insert_doubts(run, f"{rows} AND (m{slot.word} & {slot.bit}) <> 0", slot.number)
    insert_doubts(run, f"{rows} AND op = 'create'", RECORD)
    note_unconfirmed(run, rows)
    if run.plan.compared:  # who returned may be as it should be by now: leaving again is leaving once more
        run.connection.execute(
            f"UPDATE penstock_ledger.confirmed SET member = true FROM (SELECT key {rows} AND known AND NOT was_member"
            " AND op IN ('create', 'update')) AS x WHERE confirmed.key = x.key"
        )


def insert_doubts(run: FoldedRun, rows: str, slot: int) -> None:
    """Note that a field of these records is in doubt, or what else a slot stands for."""
    run.connection.execute(f"DELETE FROM penstock_ledger.doubts WHERE slot = {slot} AND key IN (SELECT key {rows})")
    run.connection.execute(f"INSERT INTO penstock_ledger.doubts SELECT key, {slot}, ? {rows}", [run.plan.run])
