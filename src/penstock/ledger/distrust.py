"""Folding into a ledger that is older than the last run says, or into a new one in its place.

What it says may have been overwritten since. It is believed again once a full run has reached everybody: whatever
that run did not confirm is then in doubt.
"""

from __future__ import annotations

from penstock.ledger.doubt import insert_doubts
from penstock.ledger.folded_run import FoldedRun
from penstock.plan.plan import RunKind
from penstock.quoting import quote_text


def restores_trust(run: FoldedRun) -> bool:
    """Whether a run leaves nothing unsaid about what an older ledger says: it began anew, or reached everybody."""
    if run.plan.kind is not RunKind.FULL:
        return False
    reached = sum(batch.records for batch in run.receipts.batches if batch.is_reached)
    return not run.plan.ledger_id or reached == run.plan.counts.sent


def distrust(run: FoldedRun) -> None:
    """Put in doubt what the ledger says and the run did not confirm."""
    other = f"FROM penstock_ledger.confirmed WHERE run <> {quote_text(run.plan.run)}"
    refused = "FROM plan JOIN exceptions USING (seq) WHERE NOT whole"
    for mapped in run.plan.slots:
        slot = mapped.slot
        insert_doubts(run, f"{other} AND (s{slot.word} & {slot.bit}) <> 0", slot.number)
        if run.path is not None:
            insert_doubts(run, f"{refused} AND (r{slot.word} & {slot.bit}) <> 0", slot.number)
