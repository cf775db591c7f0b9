"""Closing a run: fold its receipts, sum up the outcomes, keep the report. The same for a run that was cut short."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

import duckdb

from penstock import clock
from penstock.catalog.declaration import ReasonSpec
from penstock.destinations.contract import Traffic
from penstock.engine import first_line, open_engine
from penstock.errors import PenstockError, StorageError
from penstock.ledger.directory import Directory
from penstock.ledger.fold import Fold, fold
from penstock.ledger.state import LedgerIdentity, ledger_errors
from penstock.plan.plan import Plan
from penstock.runs.findings import Findings, find
from penstock.runs.home import Home
from penstock.runs.journal import RunStore
from penstock.runs.kept import unreadable
from penstock.runs.locks import directory_lock
from penstock.runs.report import (
    FAILED,
    INCOMPLETE,
    INTERRUPTED,
    SUCCEEDED,
    Failure,
    Report,
    planned_to_json,
    requests_to_json,
)

FOLD_MEMORY = "256MB"
FOLD_THREADS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run came to its end."""

    started: datetime
    traffic: Traffic
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    failure: PenstockError | None = None
    interrupted: bool = False
    recovered: tuple[str, ...] = ()


def close_run(
    home: Home, store: RunStore, plan: Plan, identity: LedgerIdentity, specs: Sequence[ReasonSpec], ending: Ending
) -> Report:
    """Fold, report, and mark the run as over. Raises StorageError; the run can then be closed again later."""
    receipts = store.receipts(plan.run)
    path = home.plan_file(plan.run)
    plan_path = path if path.exists() else None
    if plan_path is None and plan.counts.sent:  # somebody took it away while it was being sent
        raise unreadable(plan.run, plan.activation)
    if plan_path is not None or plan.reshapes:
        work = Fold(
            path=home.ledger(plan.activation),
            identity=identity,
            plan=plan,
            plan_path=plan_path,
            receipts=receipts,
            now=clock.now(),
            last=store.last_fold(plan.activation),
            directory=directory_of(home, identity) if plan.addresses_known else None,
        )
        _fold(home, store, work)
    report = _report(plan, find(plan, plan_path, receipts, specs), ending)
    store.end(plan.run, report.status, clock.now().isoformat(), report.to_json())
    return report


def directory_of(home: Home, identity: LedgerIdentity) -> Directory:
    """The directory of the account that a ledger belongs to."""
    return Directory(
        path=home.directory(identity.account.place), account=identity.account, match_key=identity.match_key
    )


def _fold(home: Home, store: RunStore, work: Fold) -> None:
    with home.scratch(f"fold-{work.plan.run}") as scratch:
        connection = open_engine(memory=FOLD_MEMORY, threads=FOLD_THREADS, scratch=scratch)
        try:
            with ledger_errors(work.path), _directory_lock(home, work):
                result = fold(connection, work)
        except duckdb.Error as error:
            raise StorageError(
                f"What run {work.plan.run} delivered cannot be written into the ledger of `{work.plan.activation}`:"
                f" the two do not fit together ({first_line(str(error))}).",
                fix=f"Run `penstock run {work.plan.activation} --full`: everything is sent once more.",
                code="ledger_unfit",
            ) from error
        finally:
            connection.close()
    if result.trusted:
        store.note_fold(work.plan.activation, result.ledger_id, result.fold)


def _directory_lock(home: Home, work: Fold) -> AbstractContextManager[None]:
    return nullcontext() if work.directory is None else directory_lock(home.lock_of(work.directory.path))


def _report(plan: Plan, findings: Findings, ending: Ending) -> Report:
    failure = ending.failure
    return Report(
        run=plan.run,
        activation=plan.activation,
        kind=plan.kind.value,
        status=_status(findings, ending),
        desired=plan.counts.desired,
        planned=planned_to_json(plan),
        changes=dict(plan.changes),
        outcomes=dict(findings.outcomes),
        created=findings.created,
        removed=findings.removed,
        withheld=findings.withheld,
        reasons=findings.reasons,
        requests=requests_to_json(ending.traffic),
        warnings=(*ending.warnings, *plan.warnings),
        notices=ending.notices,
        seconds=max(0.0, (clock.now() - ending.started).total_seconds()),  # the clock may have been set back
        started_at=ending.started.isoformat(),
        source_rows=plan.counts.source_rows,
        membership=plan.membership,
        failure=None if failure is None else _failure(failure),
        recovered=ending.recovered,
    )


def _failure(error: PenstockError) -> Failure:
    return Failure(code=error.code, message=error.message, fix=error.fix, exit_code=error.exit_code)


def _status(findings: Findings, ending: Ending) -> str:
    if ending.interrupted:
        return INTERRUPTED
    if ending.failure is not None:
        return FAILED
    return SUCCEEDED if findings.all_delivered else INCOMPLETE
