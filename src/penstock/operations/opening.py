"""Opening what an activation needs: its run store, and the service that it sends to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

from penstock.catalog.entities import Activation
from penstock.destinations.contract import Service
from penstock.destinations.registry import open_service
from penstock.engine import state_errors
from penstock.operations.project import Project
from penstock.runs.journal import RunStore
from penstock.runs.locks import activation_lock


@contextmanager
def open_store(project: Project, activation: Activation) -> Iterator[RunStore]:
    """Open the run store for an activation, whose lock the caller holds."""
    store = RunStore(project.home.folder)
    try:
        _take_over_former_name(project, activation, store)
        yield store
    finally:
        store.close()


def _take_over_former_name(project: Project, activation: Activation, store: RunStore) -> None:
    """A renamed activation keeps its ledger, its history, and what an interrupted run of it left."""
    former, name = activation.formerly, activation.name
    if former is None:
        return
    before, now = project.home.ledger(former), project.home.ledger(name)
    if not before.exists() and not store.knows(former):
        return
    with activation_lock(project.home.lock(former), former):
        store.rename(former, name)
        if before.exists() and not now.exists():
            with state_errors("rename the ledger"):
                before.rename(now)


def open_activation_service(project: Project, activation: Activation) -> AbstractAsyncContextManager[Service]:
    """Open the service that an activation sends to."""
    return open_service(
        project.catalog.destinations[activation.destination],
        service=activation.service,
        match_key=activation.match_key,
        mode=activation.mode,
        recreate=activation.recreate,
        paces=project.home.paces,
    )
