"""Taking up from the receipts: what an interrupted run left behind is closed before anything else happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from penstock import clock
from penstock.destinations.contract import Traffic
from penstock.errors import StorageError
from penstock.operations.project import Project, reason_specs
from penstock.runs.closing import Ending, close_run, kept_plan
from penstock.runs.journal import SENDING, RunRow, RunStore
from penstock.runs.report import INTERRUPTED


def recover(project: Project, store: RunStore, activation: str, *, full: bool = False) -> tuple[str, ...]:
    """Close the activation's runs that were cut short. The caller holds its lock. Returns their ids.

    A full run compares with nothing, so it passes over what can no longer be read. Raises StorageError.
    """
    recovered = []
    for row in store.unfinished(activation):
        try:
            if _close(project, store, row):
                recovered.append(row.run)
                continue
        except StorageError:
            if not full:
                raise
        project.home.forget_run(row.run)
        store.end(row.run, INTERRUPTED, clock.now().isoformat(), {})
    return tuple(recovered)


def _close(project: Project, store: RunStore, row: RunRow) -> bool:
    kept = kept_plan(project.home, row.run) if row.status == SENDING else None
    if kept is None:
        return False
    kept_as, identity = kept
    plan = replace(kept_as, activation=row.activation)  # it may have been renamed since
    ending = Ending(started=datetime.fromisoformat(row.started_at), traffic=Traffic(), interrupted=True)
    close_run(project.home, store, plan, identity, reason_specs(project, row.activation), ending)
    return True
