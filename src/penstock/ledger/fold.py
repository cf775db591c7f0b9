"""The fold: what a run's receipts confirm becomes the ledger, in one transaction; the rest becomes doubts and holds.

Rows are replaced by DELETE and INSERT: MERGE takes several times as long and doubles the file. What is deleted or
changed is named by `IN (SELECT …)`: with USING or FROM the engine fetches every column of both sides.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from penstock.engine import attach, state_errors
from penstock.ledger.confirm import confirm, move_members
from penstock.ledger.directory import Directory, learn
from penstock.ledger.distrust import distrust, restores_trust
from penstock.ledger.doubt import doubt
from penstock.ledger.folded_run import LEARNT, FoldedRun, stand_up
from penstock.ledger.hold import hold, keep_pending, release, withhold
from penstock.ledger.missing import unconfirm_ignored, unconfirm_missing, unconfirm_sought_in_vain
from penstock.ledger.removal import doubt_removals, end_membership
from penstock.ledger.retyped import doubt_retyped, note_retyped
from penstock.ledger.shared import unconfirm_shared
from penstock.ledger.state import LEDGER, LedgerIdentity
from penstock.ledger.tables import add_slots, create_tables, drop_other_slots, set_meta, write_identity
from penstock.plan.plan import Plan
from penstock.plan.receipts import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What is folded: a plan with its file, its receipts, and whose ledger it is; `path` is the ledger's file.

    `plan_path` is None if the plan has no records.
    """

    path: Path
    identity: LedgerIdentity
    plan: Plan
    plan_path: Path | None
    receipts: Receipts
    now: datetime
    last: tuple[str, int] | None = None
    """The id and the number of the last fold that is known; an older ledger is not believed."""
    directory: Directory | None = None
    """Where the users that the run came to know are noted as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Which ledger it is, and the number of the fold; False for `trusted` if it is still an older one."""

    ledger_id: str
    fold: int
    trusted: bool


def fold(connection: duckdb.DuckDBPyConnection, work: Fold) -> Folded:
    """Fold a run into its ledger, made if there is none.

    Folding a run a second time changes nothing. Raises StorageError; the ledger is then as it was.
    """
    folded = _fold(connection, work)
    if work.directory is not None and work.plan_path is not None:
        learn(connection, work.directory, LEARNT, now=work.now)
    return folded


def _fold(connection: duckdb.DuckDBPyConnection, work: Fold) -> Folded:
    with state_errors("write the ledger"):
        if work.path.exists():
            return _fold_into(connection, work.path, work, is_new=False)
        unfinished = work.path.with_suffix(".unfinished")
        _remove(unfinished)
        try:
            folded = _fold_into(connection, unfinished, work, is_new=True)
            unfinished.chmod(0o600)
            unfinished.replace(work.path)
        finally:
            _remove(unfinished)
        return folded


def _fold_into(connection: duckdb.DuckDBPyConnection, path: Path, work: Fold, *, is_new: bool) -> Folded:
    attach(connection, path, LEDGER, read_only=False)
    try:
        connection.execute("BEGIN")
        if is_new:
            create_tables(connection, work.identity)
        folded = _fold_run(connection, work)
        connection.execute("COMMIT")
        connection.execute(f"CHECKPOINT {LEDGER}")
    except BaseException:
        with suppress(duckdb.Error):  # a commit that failed has ended its transaction
            connection.execute("ROLLBACK")
        with suppress(duckdb.Error):  # what went wrong is told by the error under way
            connection.execute(f"DETACH {LEDGER}")
        raise
    connection.execute(f"DETACH {LEDGER}")
    return folded


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _fold_run(connection: duckdb.DuckDBPyConnection, work: Fold) -> Folded:
    """Fold into the attached ledger; a run that was folded before only stands up its relations."""
    run = FoldedRun(connection=connection, plan=work.plan, path=work.plan_path, receipts=work.receipts, now=work.now)
    meta = dict(connection.execute("SELECT name, value FROM penstock_ledger.meta").fetchall())
    number = int(meta["fold"])
    ledger_id = str(meta["ledger_id"])
    older = work.last is not None and (ledger_id != work.last[0] or number < work.last[1])
    trusted = not older or restores_trust(run)
    if run.path is not None:
        stand_up(run, run.path)
    if meta["last_run"] == run.plan.run:
        return Folded(ledger_id=ledger_id, fold=number, trusted=trusted)
    slots = [mapped.slot for mapped in run.plan.slots]
    retyped = note_retyped(run)
    add_slots(connection, slots)
    write_identity(connection, work.identity)
    if run.path is not None:
        # First of all, so that whoever leaves in this run gives up the match value to a newcomer of this run.
        move_members(run)
        unconfirm_sought_in_vain(run)
        confirm(run)
        end_membership(run)
        doubt(run)
        doubt_removals(run)
        if run.plan.addresses_known:
            unconfirm_shared(run)
        unconfirm_missing(run)
        unconfirm_ignored(run)
        release(run)
        hold(run)
    keep_pending(run)
    doubt_retyped(run, retyped)
    drop_other_slots(connection, slots)
    withhold(run)
    if trusted:
        if older:
            distrust(run)
        number = max(number, work.last[1] if work.last else 0) + 1
        set_meta(connection, "fold", str(number))
    set_meta(connection, "last_run", run.plan.run)
    return Folded(ledger_id=ledger_id, fold=number, trusted=trusted)
