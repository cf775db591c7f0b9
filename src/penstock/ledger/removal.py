"""What a run makes of those who left: whose leaving is settled, and whose removal is in doubt.

Cleared users are dealt with where values are confirmed, those of whom nothing was sent where members are moved.
"""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.entities import Leave
from penstock.ledger.doubt import insert_doubts
from penstock.ledger.folded_run import RECORD, REMOVAL, FoldedRun, nothing_sql
from penstock.ledger.gathering import has_rows
from penstock.ledger.leaving import tried_to_leave_sql
from penstock.plan.outcomes import (
    ALREADY_GONE,
    DELETED,
    NOT_FOUND_TO_LEAVE,
    STAYS,
    Outcome,
)
from penstock.plan.receipts import range_sql
from penstock.plan.records import before_sql
from penstock.plan.routes import restores_sql
from penstock.quoting import quote_text

_GONE = (DELETED, ALREADY_GONE)
_ENDED = "penstock_ended"
"""Table (key, gone, removed) of those whose leaving is settled: whether the user is gone, whether this run removed
it."""


def end_membership(run: FoldedRun) -> None:
    """Mark as left whose removal is answered, and whose user is gone or never removed; forget who was deleted."""
    sent = [part for ranges in run.receipts.delivered().values() for part in ranges]
    missed_before = (
        f"EXISTS (FROM penstock_ledger.holds AS h WHERE h.key = plan.key AND h.slot = {RECORD}"
        f" AND h.tried = {tried_to_leave_sql(run.plan.leave)})"
    )
    found_gone = ""
    if run.plan.counts.skipped:
        found_gone = " UNION ALL SELECT key, true, false FROM plan WHERE op = 'skip' AND gone"
    settled = f"e.code IN ({_listed((*_GONE, *STAYS))}) OR (e.code = '{NOT_FOUND_TO_LEAVE}' AND {missed_before})"
    run.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_ENDED} AS"
        " SELECT key, false AS gone, true AS removed FROM plan"
        f" WHERE op = 'remove' AND {range_sql('seq', sent)} AND seq NOT IN (SELECT seq FROM exceptions)"
        f"{found_gone} UNION ALL SELECT key, e.code IN ({_listed((*_GONE, NOT_FOUND_TO_LEAVE))}), false"
        " FROM plan JOIN exceptions AS e USING (seq)"
        f" WHERE op IN ('clear', 'remove') AND outcome = '{Outcome.SKIPPED}' AND ({settled})"
    )
    if not has_rows(run.connection, f"FROM {_ENDED}"):
        return
    run.connection.execute(
        "UPDATE penstock_ledger.confirmed SET member = false,"
        f" suspended = x.removed AND {_is(run, Leave.SUSPEND)} FROM {_ENDED} AS x WHERE confirmed.key = x.key"
    )
    run.connection.execute(
        f"DELETE FROM penstock_ledger.confirmed USING {_ENDED} AS x WHERE confirmed.key = x.key"
        f" AND (({_is(run, Leave.DELETE)} AND (x.removed OR x.gone)) OR (x.gone AND confirmed.confirmed_at IS NULL))"
    )
    for table in ("doubts", "holds"):
        run.connection.execute(
            f"DELETE FROM penstock_ledger.{table} USING {_ENDED} AS x WHERE {table}.key = x.key AND ({table}.slot < 0"
            f" OR NOT EXISTS (FROM penstock_ledger.confirmed AS c WHERE c.key = {table}.key))"
        )


def doubt_removals(run: FoldedRun) -> None:
    """Note whose removal, or whose restoring, may have been applied or not.

    Of who may have been deleted nothing is confirmed any more; what was is in doubt. Who may have been suspended is
    restored on returning.
    """
    unanswered = (
        f"FROM plan LEFT JOIN exceptions AS e USING (seq) WHERE"
        f" (e.outcome = '{Outcome.UNKNOWN}' OR (e.outcome IS NULL AND {range_sql('seq', run.receipts.lost())}))"
    )
    insert_doubts(run, f"{unanswered} AND seq IS NOT NULL AND {restores_sql('route')}", REMOVAL)
    lost = f"{unanswered} AND op = 'remove'"
    if not has_rows(run.connection, f"SELECT 1 {lost}"):
        return
    insert_doubts(run, lost, REMOVAL)
    if run.plan.leave is not Leave.DELETE:
        run.connection.execute(
            f"UPDATE penstock_ledger.confirmed SET suspended = true FROM (SELECT key {lost}) AS x"
            " WHERE confirmed.key = x.key"
        )
        return
    for mapped in run.plan.slots:
        slot = mapped.slot
        confirmed = f"(s{slot.word} & {slot.bit}) <> 0 AND {before_sql(slot)} IS NOT NULL"
        insert_doubts(run, f"{lost} AND {confirmed}", slot.number)
    run.connection.execute(
        f"UPDATE penstock_ledger.confirmed SET confirmed_at = NULL, {nothing_sql(run)}"
        f" FROM (SELECT key {lost}) AS x WHERE confirmed.key = x.key"
    )


def _is(run: FoldedRun, leave: Leave) -> str:
    return "true" if run.plan.leave is leave else "false"


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(quote_text(code) for code in codes)
