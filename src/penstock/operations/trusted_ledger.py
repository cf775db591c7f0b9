"""Which ledger a plan is compared with: what one says that is gone, older or of another account may be wrong."""

from __future__ import annotations

import shutil

import duckdb

from penstock.catalog.entities import Activation
from penstock.errors import ConfigurationError, Problem, StorageError
from penstock.ledger.state import LedgerIdentity, LedgerState, read_state
from penstock.operations.project import Project
from penstock.runs.journal import RunStore


def trusted_ledger(
    project: Project,
    activation: Activation,
    connection: duckdb.DuckDBPyConnection,
    store: RunStore,
    identity: LedgerIdentity,
    *,
    full: bool,
) -> LedgerState | None:
    """Read the ledger and make sure that it may be compared with; None starts a new one.

    Raises ConfigurationError where only a full run may go on, and StorageError.
    """
    try:
        state = read_state(connection, project.home.ledger(activation.name))
    except StorageError as error:
        if full and error.code == "ledger_damaged":
            return None
        raise
    last = store.last_fold(activation.name)
    if state is None:
        if not full:
            refuse_older(activation, state, last)
        return None
    difference = state.identity.difference(identity)
    if difference is not None:
        if full:
            return None
        raise _refused(
            activation,
            f"its ledger belongs to {state.identity.account.label}, and now there is {difference}.",
            code="ledger_of_another",
        )
    if not full:
        refuse_older(activation, state, last)
        if (state.ledger_id, state.fold) != last:
            why = "its ledger is newer than the list of runs, which was lost or is an older copy."
            raise _refused(activation, why, code="store_old")
    return state


def move_ledger_aside(project: Project, activation: str, run: str) -> None:
    """Keep the ledger that a new one replaces, under a name that says since when."""
    path = project.home.ledger(activation)
    if path.exists():
        shutil.move(path, path.with_suffix(f".before-{run}.duckdb"))


def refuse_older(activation: Activation, state: LedgerState | None, last: tuple[str, int] | None) -> None:
    """Raise ConfigurationError unless the ledger is as new as its `last` fold, an id and a number."""
    if last is None:
        return
    if state is None:
        raise _refused(activation, "its ledger is gone, so nobody knows what was delivered.", code="ledger_missing")
    if state.ledger_id != last[0] or state.fold < last[1]:
        raise _refused(
            activation, "its ledger is older than the last run; it seems to be a restored copy.", code="ledger_old"
        )


def _refused(activation: Activation, why: str, *, code: str) -> ConfigurationError:
    """Say why a ledger is not compared with, and how to begin anew."""
    problem = Problem(
        code=code,
        message=f"Activation `{activation.name}`: {why} Nothing was sent.",
        fix=f"If this is meant, run `penstock run {activation.name} --full`: everything is sent once.",
        location=activation.location,
    )
    return ConfigurationError.of([problem])
