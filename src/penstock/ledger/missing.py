"""Users who turn out to be gone: what was confirmed of them went with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from penstock.ledger.confirm import answered, note_unconfirmed
from penstock.ledger.folded_run import FoldedRun
from penstock.ledger.gathering import has_rows
from penstock.mapping.slots import Slot, mask
from penstock.plan.outcomes import DELETED
from penstock.plan.plan import Op
from penstock.plan.receipts import range_sql
from penstock.plan.records import records_sql
from penstock.quoting import quote_text


def unconfirm_missing(run: FoldedRun) -> None:
    """Take nothing for confirmed of users who were deleted at the destination, and forget their remote ids.

    Their rows stay: whoever comes back there, under whatever id, is an existing user to whom everything is due. Those
    whom only the directory knew, as after the ledger was lost, get one, so that nobody takes them for newcomers.
    """
    code = quote_text(DELETED)
    gone = f"(op = 'skip' AND code = {code})"
    if any(exception.code == DELETED for exception in run.receipts.exceptions):
        gone = f"({gone} OR seq IN (SELECT seq FROM exceptions WHERE code = {code}))"
    elif not any(skipped.code == DELETED for skipped in run.plan.skipped):
        return
    _change(run, f"SELECT key FROM plan WHERE {gone}", ["remote_id = NULL", *_unconfirmed(run, _slots(run))])
    note_unconfirmed(run, f"FROM plan WHERE {gone}", gone=True)


def unconfirm_sought_in_vain(run: FoldedRun) -> None:
    """The same of users who are created again, of whom the plan therefore says that nothing is confirmed.

    It holds whatever becomes of them, and so before anything of this run is confirmed.
    """
    if not run.plan.compared:
        return
    nothing = " AND ".join(f"s{word} = 0" for word in run.plan.words)
    again = f"SELECT key FROM plan WHERE op = '{Op.UPDATE}' AND {nothing}"
    if has_rows(run.connection, again):
        _change(run, again, _unconfirmed(run, _slots(run)))


def unconfirm_ignored(run: FoldedRun) -> None:
    """Of users who were created again while they were sent, and so have another id, what was ignored is not there.

    All that was confirmed of them has been sent with them.
    """
    if run.path is None:
        return
    for names, ranges in answered(run.receipts):
        ignored = [slot for slot in _slots(run) if slot.name in names]
        if not ignored:
            continue
        renewed = (
            f"SELECT key FROM {records_sql(run.path)} AS p JOIN learnt USING (seq)"
            f" WHERE known AND p.remote_id <> learnt.id AND {range_sql('seq', ranges)}"
        )
        _change(run, renewed, _unconfirmed(run, ignored))


def _change(run: FoldedRun, keys: str, changes: Iterable[str]) -> None:
    run.connection.execute(f"UPDATE penstock_ledger.confirmed SET {', '.join(changes)} WHERE key IN ({keys})")


def _slots(run: FoldedRun) -> list[Slot]:
    return [mapped.slot for mapped in run.plan.slots]


def _unconfirmed(run: FoldedRun, slots: Sequence[Slot]) -> Iterator[str]:
    """SQL that takes the values of these fields for never confirmed."""
    for word in run.plan.words:
        yield f"s{word} = s{word} & {~mask((slot.number for slot in slots), word)}"
    for slot in slots:
        yield f"{slot.column} = NULL"
