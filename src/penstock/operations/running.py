"""A run: compare → plan → guards → prepare → deliver → fold → report."""

from __future__ import annotations

import asyncio
import secrets
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from penstock import clock
from penstock.catalog.entities import Activation
from penstock.catalog.problems import nearest
from penstock.destinations.contract import Service
from penstock.engine import state_errors
from penstock.errors import ConfigurationError, GuardStop, PenstockError
from penstock.operations.comparing import Compared, Observer, Request, compare
from penstock.operations.looking_up import look_up_and_settle
from penstock.operations.made_earlier import plan_made_earlier
from penstock.operations.opening import open_activation_service, open_store
from penstock.operations.project import Project, reason_specs
from penstock.operations.reading_values import leave_filled
from penstock.operations.recovery import Recovery, take_up_others
from penstock.operations.remembering import assert_remembered, forget_unknown_runs
from penstock.operations.stopping import stopping
from penstock.operations.trusted_ledger import move_ledger_aside
from penstock.operations.turn_taking import in_turn, own_lock
from penstock.plan.guards import GUARDS, stopped_by
from penstock.plan.plan import Plan
from penstock.plan.reasons import OWN_REASONS
from penstock.plan.retry import FIELD_HELD, Retry
from penstock.plan.shape import Action, Addressing
from penstock.runs.closing import Ending, close_run
from penstock.runs.delivery import Course, deliver_plan
from penstock.runs.home import open_home
from penstock.runs.journal import PLANNING, SENDING, WAITING, RunStore
from penstock.runs.kept import keep_plan
from penstock.runs.lengths import longest_text
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

    def command(self, activation: str) -> str:
        """Write the command line that runs an activation in this way, without what is allowed."""
        if self.retry is not None:
            chosen = [("--reason", each) for each in sorted(self.retry.reasons)]
            chosen += [("--key", each) for each in sorted(self.retry.keys)]
            return shlex.join(["penstock", "retry", activation, *(word for pair in chosen for word in pair)])
        plan = ["--plan", str(self.plan_file)] if self.plan_file is not None else []
        return shlex.join(["penstock", "run", activation, *(["--full"] if self.full else []), *plan])


def new_run_id(now: datetime) -> str:
    """Name a run so that names sort by time, runs of the same second included."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.token_hex(1)}"


def run_activation(project: Project, name: str, options: RunOptions, observer: Observer) -> Report:
    """Run an activation to its end.

    Raises ConfigurationError, SourceError, DestinationError, StorageError, GuardStop or ActivationBusy before
    anything is sent; afterwards what happened is in the report, its `failure` included.
    """
    activation = project.activation(name)
    _refuse_unknown("guard", options.allow, GUARDS, code="unknown_guard")
    if options.retry is not None:
        codes = {spec.code for spec in (*OWN_REASONS, *reason_specs(project, name))} | {FIELD_HELD}
        _refuse_unknown("reason", options.retry.reasons, sorted(codes), code="unknown_reason")
    open_home(project.catalog.root)
    with own_lock(project.home, name, observer), open_store(project, activation) as store:
        if options.full:
            forget_unknown_runs(project, activation, store)
        else:
            assert_remembered(project, activation, store)
        return asyncio.run(_Run(project, activation, options, store, observer).run())


def _refuse_unknown(what: str, words: Collection[str], known: Collection[str], *, code: str) -> None:
    """Raise ConfigurationError if a word is none of those known, as a guard or a reason that does not exist."""
    for word in sorted(set(words) - set(known)):
        near = nearest(word, known)
        raise ConfigurationError(
            f"There is no {what} `{word}`.{f' Did you mean `{near}`?' if near else ''} Nothing was sent.",
            fix=f"Use one of: {', '.join(f'`{name}`' for name in known)}.",
            code=code,
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
            failure: dict[str, object] = {"code": error.code, "message": error.message, "fix": error.fix}
            if isinstance(error, GuardStop):
                failure["guards"] = [each.to_json() for each in error.fired]
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
                return await plan_made_earlier(
                    self._project,
                    self._activation,
                    self._options.plan_file,
                    request,
                    store=self._store,
                    service=service,
                    observer=self._observer,
                )
            return await compare(
                self._project,
                self._activation,
                request,
                store=self._store,
                service=service,
                observer=self._observer,
            )

    def _guard(self, compared: Compared) -> None:
        limit = self._project.catalog.settings.max_first_run
        stop = stopped_by(
            compared.plan,
            compared.before,
            max_first_run=limit,
            allowed=self._options.allow,
            command=self._options.command(self._activation.name),
        )
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
        with stopping(course) as signals:
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
