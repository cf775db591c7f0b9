"""What the run store must know before a run begins; one that was lost or put back would hide what was sent.

The caller holds the activation's lock. All raise StorageError.
"""

from __future__ import annotations

from collections.abc import Iterator

from penstock.catalog.entities import Activation
from penstock.errors import StorageError
from penstock.operations.project import Project
from penstock.runs.journal import RunStore
from penstock.runs.kept import kept_plan


def assert_remembered(project: Project, activation: Activation, store: RunStore) -> None:
    """Make sure that the store knows all runs of an activation whose plan is kept."""
    for run in _unknown(project, store):
        if _is_of(project, activation, run):
            raise StorageError(
                f"The list of runs does not know run {run} of activation `{activation.name}`: it was lost or is an"
                " older copy, so nobody knows what that run sent. Nothing was sent.",
                fix="Put the right state.sqlite back into the project's .penstock folder; if it is lost, run"
                f" `penstock run {activation.name} --full`: everything is sent once more.",
                code="store_old",
            )


def forget_unknown_runs(project: Project, activation: Activation, store: RunStore) -> None:
    """Let go of the runs that the store does not know: a full run sends everything anyway."""
    for run in _unknown(project, store):
        try:
            forgotten = _is_of(project, activation, run)
        except StorageError:  # whosesoever it is, it can be taken up by nobody
            forgotten = True
        if forgotten:
            project.home.forget_run(run)


def _unknown(project: Project, store: RunStore) -> Iterator[str]:
    kept = project.home.kept_runs()  # before the store is asked: other activations begin runs meanwhile
    yield from sorted(kept - store.ids())


def _is_of(project: Project, activation: Activation, run: str) -> bool:
    kept = kept_plan(project.home, run, activation.name)
    return kept is not None and kept[0].activation in {activation.name, activation.formerly}
