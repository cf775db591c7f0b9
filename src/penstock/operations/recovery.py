"""Taking up from the receipts: what an interrupted run left behind is closed before anything else happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from penstock import clock
from penstock.catalog.entities import Activation
from penstock.destinations.contract import Account, Service, Traffic
from penstock.engine import open_engine
from penstock.errors import ActivationBusy, PenstockError, StorageError
from penstock.ledger.state import LedgerIdentity, read_state
from penstock.operations.comparing import Observer
from penstock.operations.project import Project, reason_specs
from penstock.operations.trusted_ledger import refuse_older
from penstock.plan.plan import Plan
from penstock.plan.receipts import BatchReceipt
from penstock.runs.closing import Ending, close_run
from penstock.runs.journal import SENDING, Notes, RunRow, RunStore
from penstock.runs.kept import assert_whole, kept_plan, unreadable
from penstock.runs.locks import activation_lock
from penstock.runs.report import INTERRUPTED
from penstock.runs.shapes import kept_shapes
from penstock.runs.stream import read_batch


@dataclass(frozen=True, slots=True)
class Recovery:
    """Closes the runs of an activation that were cut short. The caller holds its lock."""

    project: Project
    activation: Activation
    store: RunStore
    service: Service
    observer: Observer

    async def run(self, *, before: str = "", full: bool = False) -> tuple[str, ...]:
        """Close them, except the run `before` which this is done; return their ids.

        A full run compares with nothing, so it passes over what can no longer be read. Raises StorageError,
        ConfigurationError if the ledger is older than the last run, and DestinationError where an answer could be
        collected but cannot now.
        """
        recovered = []
        for row in self.store.unfinished(self.activation.name):
            if row.run == before:
                continue
            try:
                if await self._close(row, full=full):
                    recovered.append(row.run)
                    continue
            except StorageError:
                if not full:
                    raise
            self.project.home.forget_run(row.run)
            self.store.end(row.run, INTERRUPTED, clock.now().isoformat(), {})
        return tuple(recovered)

    async def _close(self, row: RunRow, *, full: bool) -> bool:
        if row.status != SENDING:
            return False
        kept = kept_plan(self.project.home, row.run, row.activation)
        if kept is None:
            raise unreadable(row.run, row.activation)
        assert_whole(self.project.home, row.run, row.activation)
        self._assert_ledger(kept[0], row)
        kept_as, identity = kept
        plan = replace(kept_as, activation=row.activation)  # it may have been renamed since
        if plan.ledger_id and not full:
            self._refuse_older_ledger()
        await self._collect(plan)
        self._end(plan, identity, row)
        return True

    def _assert_ledger(self, plan: Plan, row: RunRow) -> None:
        """Make sure that the ledger with which a plan was compared is there: a new one would hide what it held."""
        if plan.ledger_id and not self.project.home.ledger(row.activation).is_file():
            raise StorageError(
                f"The ledger of activation `{row.activation}` is gone, so nobody knows what was delivered before run"
                f" {row.run}. Nothing was sent.",
                fix=f"Run `penstock run {row.activation} --full`: everything is sent once.",
                code="ledger_missing",
            )

    def _refuse_older_ledger(self) -> None:
        """Never fold into a restored copy, which would then be taken for the latest."""
        name = self.activation.name
        connection = open_engine()
        try:
            state = read_state(connection, self.project.home.ledger(name))
        finally:
            connection.close()
        refuse_older(self.activation, state, self.store.last_fold(name))

    async def _collect(self, plan: Plan) -> None:
        """Ask for the answers to those batches that were taken, but had not been answered when the run died."""
        open_batches = [
            batch for batch in self.store.receipts(plan.run).batches if batch.answer is None and batch.handle
        ]
        if not open_batches:
            return
        self.observer.stage("Collecting the answers to an interrupted run")
        collected = await asyncio.gather(
            *(self._collect_one(plan, batch) for batch in open_batches), return_exceptions=True
        )
        for failure in collected:  # what the others answered is kept
            if failure is not None:
                raise failure

    async def _collect_one(self, plan: Plan, receipt: BatchReceipt) -> None:
        home = self.project.home
        kept = kept_shapes(home.shapes(plan.run))
        if kept is None:
            return
        batch = await asyncio.to_thread(
            read_batch,
            plan,
            home.plan_file(plan.run),
            kept.shape,
            first=receipt.first,
            last=receipt.last,
            whole=kept.whole,
        )
        delivery = await self.service.collect(batch, receipt.handle, [mapped.field for mapped in plan.slots])
        self.store.record(plan.run, Notes(ended=[(batch, delivery)]))

    def has_sent_to(self, account: Account) -> bool:
        """Whether a run that was cut short has sent to an account. Raises StorageError."""
        kept = (
            kept_plan(self.project.home, row.run, row.activation)
            for row in self.store.unfinished(self.activation.name)
            if row.status == SENDING
        )
        return any(each is not None and each[1].account.is_same_as(account) for each in kept)

    def _end(self, plan: Plan, identity: LedgerIdentity, row: RunRow) -> None:
        specs = reason_specs(self.project, row.activation)
        ending = Ending(started=datetime.fromisoformat(row.started_at), traffic=Traffic(), interrupted=True)
        close_run(self.project.home, self.store, plan, identity, specs, ending)


async def take_up_others(
    mine: Recovery, account: Account, open_service: Callable[[Activation], AbstractAsyncContextManager[Service]]
) -> tuple[str, ...]:
    """Close what other activations left that were cut short while they sent to the account whose turn this run has.

    Their requests may still be at work there, on the same people. What cannot be taken up is left to their own next
    run; returns what is to be said of that.
    """
    project, store, notices = mine.project, mine.store, []
    for name in store.cut_short():
        other = project.catalog.activations.get(name)
        if other is None or name == mine.activation.name:
            continue
        try:
            with activation_lock(project.home.lock(name), name, taken_up_by=mine.activation.name):
                if not replace(mine, activation=other).has_sent_to(account):
                    continue
                async with open_service(other) as service:
                    if (await service.account()).is_same_as(account):
                        await replace(mine, activation=other, service=service).run()
        except ActivationBusy:
            continue  # its own process takes it up
        except PenstockError as error:
            notices.append(f"What activation `{name}` sent before it was cut short is not known yet: {error.message}")
    return tuple(notices)
