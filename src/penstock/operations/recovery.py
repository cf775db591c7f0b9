"""Taking up from the receipts: what an interrupted run left behind is closed before anything else happens."""

from __future__ import annotations

from datetime import datetime

from penstock import clock
from penstock.destinations.contract import Traffic
from penstock.operations.project import Project, reason_specs
from penstock.runs.closing import Ending, close_run, kept_plan
from penstock.runs.journal import RunStore
from penstock.runs.report import INTERRUPTED


def recover(project: Project, store: RunStore, activation: str) -> tuple[str, ...]:
    """Close the activation's runs that were cut short. The caller holds its lock. Returns their ids."""
    recovered = []
    for row in store.unfinished(activation):
        kept = kept_plan(project.home, row.run)
        started = datetime.fromisoformat(row.started_at)
        if kept is None:
            store.end(row.run, INTERRUPTED, clock.now().isoformat(), {})
            continue
        plan, identity = kept
        specs = reason_specs(project, activation)
        close_run(
            project.home,
            store,
            plan,
            identity,
            specs,
            Ending(started=started, traffic=Traffic(), interrupted=True),
        )
        recovered.append(row.run)
    return tuple(recovered)
