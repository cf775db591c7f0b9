"""Who entered and who left since the last run of an activation, as far as anybody knows."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb

from penstock.catalog.entities import Activation
from penstock.engine import state_errors
from penstock.errors import StorageError
from penstock.ledger.moves import Earlier, find_moves, has_keys_aside, keep_set_aside
from penstock.ledger.state import LedgerState
from penstock.operations.project import Project
from penstock.plan.outcomes import Outcome
from penstock.plan.plan import Membership, Plan
from penstock.runs.home import moves_beside, set_aside_beside
from penstock.runs.journal import RunRow, RunStore
from penstock.runs.kept import kept_plan
from penstock.runs.report import SUCCEEDED

_FEW = 20
_MANY = 1_000_000


def membership_of(
    project: Project,
    activation: Activation,
    store: RunStore,
    state: LedgerState | None,
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    records: Path,
) -> Membership:
    """Compare the members of a plan with those of the last run; who moved is written beside the plan's records.

    The engine must hold the ledger, if there is one, and whom the plan sets aside. Raises StorageError.
    """
    with state_errors("write down who is set aside"):
        keep_set_aside(connection, plan, set_aside_beside(records))
    last = _last_run(store, activation.name)
    model, segment = project.model_of(activation).name, activation.segment
    if last is None and state is None:
        return Membership(model=model, segment=segment, entered=plan.counts.desired, left=0)
    unknown = Membership(model=model, segment=segment, entered=None, left=None)
    confirmed = (state.ledger_id, state.fold) if state else None
    if last is None or store.last_fold(activation.name) != confirmed or not _same_members(project, last, unknown):
        return unknown
    earlier = None
    if not _all_delivered(last):
        earlier = _earlier(project, last)
        if earlier is None:
            return unknown
    try:
        with state_errors("write down who entered and who left"):
            moves = find_moves(connection, plan, records, earlier, moves_beside(records))
    except duckdb.Error:
        if earlier is None:
            raise
        return unknown  # the records of the last run are damaged, which is no reason not to run
    return Membership(model=model, segment=segment, entered=moves.entered, left=moves.left)


def _last_run(store: RunStore, activation: str) -> RunRow | None:
    """Return the newest run that came to sending and was closed."""
    for limit in (_FEW, _MANY):
        for row in store.runs(activation, limit=limit):
            if row.report and "planned" in row.report:
                return row
    return None


def _same_members(project: Project, last: RunRow, now: Membership) -> bool:
    """Whether the last run was of the same segment of the same model, perhaps under another name."""
    before = (last.report or {}).get("membership")
    if not isinstance(before, dict):
        return False
    models = {now.model, project.catalog.models[now.model].formerly}
    segments = {now.segment} if now.segment is None else {now.segment, project.segment(now.segment).formerly}
    return before.get("model") in models and before.get("segment") in segments


def _all_delivered(last: RunRow) -> bool:
    """Whether the ledger has exactly the members of the last run."""
    outcomes = (last.report or {}).get("outcomes")
    others = (Outcome.REJECTED, Outcome.SKIPPED, Outcome.UNKNOWN)
    return last.status == SUCCEEDED and isinstance(outcomes, dict) and not any(outcomes.get(each) for each in others)


def _earlier(project: Project, last: RunRow) -> Earlier | None:
    """Return what the last run left open; None if it is not all there any more."""
    with suppress(StorageError):
        kept = kept_plan(project.home, last.run, last.activation)
        if kept is None:
            return None
        plan, home = kept[0], project.home
        records, aside = home.plan_file(last.run), home.set_aside_file(last.run)
        counts = plan.counts
        planned = counts.create + counts.update + counts.left + counts.returned + counts.set_back
        if (records.exists() or not planned) and (aside.exists() or not has_keys_aside(plan)):
            return Earlier(
                plan=plan,
                records=records if records.exists() else None,
                set_aside=aside if aside.exists() else None,
            )
    return None
