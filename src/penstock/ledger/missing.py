"""Users who turn out to be gone: what was confirmed of them went with them."""

from __future__ import annotations

from penstock.ledger.folded_run import FoldedRun
from penstock.plan.outcomes import DELETED
from penstock.quoting import quote_text


def unconfirm_missing(run: FoldedRun) -> None:
    """Take nothing for confirmed of users who were deleted at the destination, and forget their remote ids.

    Their rows stay: whoever comes back there, under whatever id, is an existing user to whom everything is due.
    """
    code = quote_text(DELETED)
    gone = f"SELECT key FROM plan WHERE op = 'skip' AND code = {code}"
    if any(exception.code == DELETED for exception in run.receipts.exceptions):
        gone += f" UNION SELECT key FROM plan WHERE seq IN (SELECT seq FROM exceptions WHERE code = {code})"
    elif not any(skipped.code == DELETED for skipped in run.plan.skipped):
        return
    cleared = ["remote_id = NULL"]
    cleared += [f"s{word} = 0" for word in run.plan.words]
    cleared += [f"{mapped.slot.column} = NULL" for mapped in run.plan.slots]
    run.connection.execute(f"UPDATE penstock_ledger.confirmed SET {', '.join(cleared)} WHERE key IN ({gone})")
