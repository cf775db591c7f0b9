"""A run: compare → plan → guards → prepare → deliver → fold → report."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Collection, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from penstock import clock
from penstock.catalog.entities import Activation
from penstock.destinations.contract import Service
from penstock.destinations.registry import open_service
from penstock.engine import state_errors
from penstock.errors import ConfigurationError, GuardStop, PenstockError
from penstock.operations.comparing import Compared, Observer, Request, changed_basis, compare, move_ledger_aside
from penstock.operations.looking_up import look_up_and_settle
from penstock.operations.project import Project, reason_specs
from penstock.operations.reading_values import leave_filled
from penstock.operations.recovery import Recovery, take_up_others
from penstock.operations.remembering import assert_remembered, forget_unknown_runs
from penstock.operations.turn_taking import in_turn
from penstock.plan.documents import read_plan_file
from penstock.plan.guards import GUARDS, stopped_by
from penstock.plan.plan import Plan
from penstock.plan.retry import Retry
from penstock.plan.shape import Action, Addressing
from penstock.runs.closing import Ending, close_run
from penstock.runs.delivery import Course, deliver_plan
from penstock.runs.home import open_home
from penstock.runs.journal import PLANNING, SENDING, WAITING, RunStore
from penstock.runs.kept import keep_plan
from penstock.runs.lengths import longest_text
from penstock.runs.locks import activation_lock
from penstock.runs.report import FAILED, INTERRUPTED, STOPPED, Report
from penstock.runs.scribe import Scribe
from penstock.runs.shapes import KeptShapes, keep_shapes
from penstock.runs.turns import Queued


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to run: everything anew, a plan made earlier, what is on hold tried again, guards that are allowed once."""

    full: bool = False
    plan_file: Path | None = None
    retry: Retry | None = None
    allow: Collection[str] = ()


def new_run_id(now: datetime) -> str:
    """Name a run so that names sort by time, runs of the same second included."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.token_hex(1)}"


def run_activation(project: Project, name: str, options: RunOptions, observer: Observer) -> Report:
    """Run an activation to its end.

    Raises ConfigurationError, SourceError, DestinationError, StorageError, GuardStop or ActivationBusy before
    anything is sent; afterwards what happened is in the report, its `failure` included.
    """
    activation = project.activation(name)
    _refuse_unknown_guards(options.allow)
    open_home(project.catalog.root)
    with activation_lock(project.home.lock(name), name), open_store(project, activation) as store:
        if options.full:
            forget_unknown_runs(project, activation, store)
        else:
            assert_remembered(project, activation, store)
        return asyncio.run(_Run(project, activation, options, store, observer).run())


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


def _refuse_unknown_guards(allowed: Collection[str]) -> None:
    for guard in allowed:
        if guard not in GUARDS:
            near = get_close_matches(guard, GUARDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise ConfigurationError(
                f"There is no guard `{guard}`.{hint}",
                fix=f"Use one of: {', '.join(f'`{name}`' for name in GUARDS)}.",
                code="unknown_guard",
            )


class _Run:
    def __init__(
        self, project: Project, activation: Activation, options: RunOptions, store: RunStore, observer: Observer
    ) -> None:
        self._project = project
        self._activation = activation
        self._options = options
        self._store = store
        self._observer = observer
        self._started = clock.now()
        self._id = new_run_id(self._started)
        self._specs = reason_specs(project, activation.name)

    async def run(self) -> Report:
        self._store.begin(self._id, self._activation.name, "delta", self._started.isoformat())
        self._observer.stage("Checking the destination")
        opening = partial(open_activation_service, self._project, self._activation)
        try:
            async with in_turn(
                self._project.home, self._id, self._activation.name, opening, self._note_waiting
            ) as turn:
                cut_short = Recovery(self._project, self._activation, self._store, turn.service, self._observer)
                recovered = await cut_short.run(before=self._id, full=self._options.full)
                others = await take_up_others(
                    cut_short, turn.account, partial(open_activation_service, self._project)
                )
                compared = await self._planned(turn.service)
                self._guard(compared)
                path = self._project.home.plan_file(self._id)
                compared = await look_up_and_settle(
                    self._project, self._activation, compared, path, turn.service, self._observer
                )
                compared = await leave_filled(
                    self._project, self._activation, compared, path, turn.service, self._observer
                )
                return await self._execute(
                    compared,
                    turn.service,
                    recovered=recovered,
                    notices=(*turn.notices, *others, *compared.tried_again),
                )
        except PenstockError as error:
            failure = {"code": error.code, "message": error.message, "fix": error.fix}
            self._note_unsent(STOPPED if isinstance(error, GuardStop) else FAILED, {"error": failure})
            raise
        except (KeyboardInterrupt, asyncio.CancelledError):
            self._note_unsent(INTERRUPTED, {})
            raise

    def _note_waiting(self, ahead: Queued | None) -> None:
        """Say for whom the run waits."""
        self._store.set_status(self._id, WAITING if ahead else PLANNING)
        if ahead is not None:
            whom = f"run {ahead.run} of activation `{ahead.activation}`"
            self._observer.stage(f"Waiting for {whom}, which is sending to the same account")

    async def _planned(self, service: Service) -> Compared:
        home = self._project.home
        with state_errors("make the run's folder"):
            home.run_folder(self._id).mkdir(parents=True)
        with home.scratch(self._id) as scratch:
            request = Request(
                run=self._id,
                full=self._options.full,
                now=clock.now(),
                path=home.plan_file(self._id),
                scratch=scratch,
                retry=self._options.retry,
            )
            if self._options.plan_file is not None:
                return await self._taken(self._options.plan_file, request, service)
            return await compare(
                self._project,
                self._activation,
                request,
                store=self._store,
                service=service,
                observer=self._observer,
            )

    async def _taken(self, path: Path, request: Request, service: Service) -> Compared:
        """Take a plan made earlier, if nothing has happened since to what it was compared with."""
        content = read_plan_file(path, request.path.parent)
        plan = content.plan
        if plan.activation != self._activation.name:
            raise ConfigurationError(
                f"The plan {path} is one of activation `{plan.activation}`.",
                fix=f"Run it with `penstock run {plan.activation} --plan {path}`.",
                code="plan_of_another",
            )
        fresh = await compare(
            self._project,
            self._activation,
            replace(request, path=request.scratch / "check.parquet", full=plan.kind == "full"),
            store=self._store,
            service=service,
            observer=self._observer,
        )
        if (fresh.plan.ledger_id, fresh.plan.ledger_fold) != (plan.ledger_id, plan.ledger_fold):
            raise _outdated(path, "the activation has been run since it was made")
        if fresh.plan.mapping != plan.mapping:
            raise _outdated(path, "the mapping has been changed since it was made")
        try:
            changed = changed_basis(content.basis, fresh.basis)
        except (KeyError, ValueError, TypeError):
            changed = "it does not say what it was made for"
        if changed is not None:
            raise _outdated(path, changed)
        return replace(fresh, plan=replace(plan, run=self._id))

    def _guard(self, compared: Compared) -> None:
        limit = self._project.catalog.settings.max_first_run
        stop = stopped_by(compared.plan, compared.before, max_first_run=limit, allowed=self._options.allow)
        if stop is not None:
            raise stop

    async def _execute(
        self, compared: Compared, service: Service, *, recovered: tuple[str, ...], notices: tuple[str, ...]
    ) -> Report:
        plan, home = compared.plan, self._project.home
        path = home.plan_file(plan.run)
        course = Course()
        if compared.starts_new_ledger:
            move_ledger_aside(self._project, self._activation.name, plan.run)
        keep_plan(home, plan, compared.identity)
        self._store.set_status(plan.run, SENDING, plan.kind.value)
        interrupted = False
        with _stopping(course) as signals:
            if plan.counts.sent:
                await self._deliver(plan, path, service, course)
            interrupted = bool(signals)
        self._observer.stage("Writing down what is confirmed")
        return close_run(
            home,
            self._store,
            plan,
            compared.identity,
            self._specs,
            Ending(
                started=self._started,
                traffic=service.traffic,
                warnings=compared.warnings,
                notices=(*notices, *service.notices),
                failure=course.failure,
                interrupted=interrupted,
                recovered=recovered,
            ),
        )

    async def _deliver(self, plan: Plan, path: Path, service: Service, course: Course) -> None:
        fields = [mapped.field for mapped in plan.slots]
        try:
            await service.prepare(fields, partial(longest_text, plan, path))
            shapes = {a: {each: service.shape(fields, each, a) for each in Addressing} for a in Action}
            kept = KeptShapes(shapes=shapes, whole=self._activation.recreate)
            keep_shapes(self._project.home.shapes(plan.run), kept)
        except PenstockError as error:
            course.fail(error)
            return
        self._observer.stage("Sending", plan.counts.sent)
        async with Scribe(self._store, plan.run) as scribe:
            await deliver_plan(
                plan,
                path,
                service,
                scribe,
                course=course,
                progress=self._observer.advance,
                whole=self._activation.recreate,
            )

    def _note_unsent(self, status: str, report: dict[str, object]) -> None:
        """Keep in the history why a run did not come to sending."""
        row = self._store.runs(run=self._id)
        if not row or row[0].status == SENDING or row[0].ended_at is not None:
            return
        self._project.home.forget_run(self._id)
        self._store.end(self._id, status, clock.now().isoformat(), report)


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


def _outdated(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The plan {path} is out of date: {why}. Nothing was sent.",
        fix="Make a new one with `penstock plan … --out`, look at it, and run that.",
        code="plan_outdated",
    )


@contextmanager
def _stopping(course: Course) -> Iterator[list[int]]:
    """On Ctrl-C or a request to end, send nothing more, and wait for the answers that are under way."""
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        course.stop.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        yield received
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
