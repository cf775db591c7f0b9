"""From an activation to its plan: check the destination, read the source, compare with the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb

from penstock.catalog.entities import Activation, Mode, Model, When
from penstock.counting import counted
from penstock.destinations.contract import Service
from penstock.errors import ConfigurationError
from penstock.ledger.planning import make_plan
from penstock.ledger.request import PlanRequest
from penstock.ledger.settling import count, sought
from penstock.ledger.state import (
    LedgerIdentity,
    ledger_errors,
)
from penstock.ledger.wanted import OtherLedger
from penstock.mapping.desired import DesiredRecords
from penstock.mapping.slots import MappedSlot, assign
from penstock.operations.basis import basis_of
from penstock.operations.inspecting import inspect
from penstock.operations.last_report import had_set_aside, known_before, last_report, stop_if_emptied
from penstock.operations.membership import membership_of
from penstock.operations.project import Project, match_key_spec
from penstock.operations.reading import OpenModel, open_model, settled_members_sql, source_errors
from penstock.operations.retrying import tried_again
from penstock.operations.trusted_ledger import trusted_ledger
from penstock.plan.account import Account
from penstock.plan.guards import Before
from penstock.plan.plan import Plan
from penstock.plan.retry import Retry
from penstock.runs.closing import directory_of
from penstock.runs.journal import RunStore
from penstock.runs.locks import directory_lock


class Observer(Protocol):
    """Whoever watches a run."""

    def stage(self, sentence: str, records: int | None = None) -> None:
        """A stage begins; in one that goes through so many records, each of them is counted."""

    def advance(self, records: int) -> None:
        """So many more of the stage's records are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of an activation; `path` is where the plan's records go."""

    run: str
    full: bool
    now: datetime
    path: Path
    scratch: Path
    retry: Retry | None = None
    """What is on hold and to be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A plan with what must be known to judge and execute it."""

    plan: Plan
    identity: LedgerIdentity
    before: Before
    warnings: tuple[str, ...]
    notices: tuple[str, ...]
    """What the run would change at the destination beside its records."""
    tried_again: tuple[str, ...]
    """What is said of a retry."""
    starts_new_ledger: bool
    basis: Mapping[str, object]
    """What the plan rests on beside the ledger; a plan made earlier is executed only if none of it has changed."""


async def compare(
    project: Project,
    activation: Activation,
    request: Request,
    *,
    store: RunStore,
    service: Service,
    observer: Observer,
) -> Compared:
    """Make the plan of an activation; reads only, but for the plan's own file.

    Raises ConfigurationError with all that is wrong with the mapping, SourceError, DestinationError, StorageError.
    """
    model = project.model_of(activation)
    account = await service.account()
    observer.stage(f"Reading model {model.name}")
    with open_model(project, model, request.scratch) as opened:
        source_rows, last = opened.lend(), last_report(store, activation.name)
        try:
            inspection = await inspect(activation, opened, service)
            identity = _identity(activation, model, opened, account)
            state = trusted_ledger(project, activation, opened.connection, store, identity, full=request.full)
        except ConfigurationError:
            stop_if_emptied(source_rows, last)  # an empty CSV file does not tell its types, and would be refused
            raise
        if state is None:
            stop_if_emptied(source_rows, last)  # a full run would begin a new ledger with nobody in it
        kept = [slot for slot in state.slots if slot.name not in inspection.missing] if state else []
        slots = assign(inspection.fields, kept, state.next_slot if state else 0)
        records = _records(project, activation, opened, slots, service, request.now)
        observer.stage("Comparing with what is confirmed")
        directory = directory_of(project.home, identity) if keeps_directory(service) else None
        with (
            source_errors(model),
            ledger_errors(project.home.ledger(activation.name)),
            directory_lock(project.home.lock_of(directory.path)) if directory else nullcontext(),
        ):
            plan = make_plan(
                opened.connection,
                PlanRequest(
                    run=request.run,
                    activation=activation.name,
                    full=request.full,
                    made_at=request.now,
                    records=records,
                    key_type=identity.key_type,
                    state=state,
                    mapping=_mapping(activation, slots),
                    known=inspection.known,
                    expect_set_aside=had_set_aside(last),
                    source_rows=source_rows,
                    path=request.path,
                    addresses_known=service.addresses_known,
                    directory=directory,
                    mode=activation.mode,
                    seeks=service.seeking is not None,
                    leave=activation.leave,
                    others=_others(project, activation, identity),
                    retry=request.retry,
                ),
            )
            freed = () if request.retry is None else tried_again(activation, request.retry, opened.connection, state)
            notices = (*inspection.notices, *_to_be_looked_up(opened.connection, plan, request.path, service))
            members = membership_of(project, activation, store, state, opened.connection, plan, request.path)
            plan = replace(plan, membership=members)
        opened.warehouse.assert_unchanged()
    warnings = tuple(problem.message for problem in (*project.warnings, *inspection.problems))
    return Compared(
        plan=plan,
        identity=identity,
        before=known_before(project, state, plan, last),
        warnings=warnings,
        notices=notices,
        tried_again=freed,
        starts_new_ledger=state is None,
        basis=basis_of(project, activation, identity),
    )


def _to_be_looked_up(
    connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path, service: Service
) -> tuple[str, ...]:
    """Say how many users a run would look up."""
    if service.seeking is None or not plan.counts.sent:
        return ()
    users = count(connection, sought(plan, path, service.seeking, now=plan.made_at))
    return (f"It is found out first which of {counted(users, 'user')} exist at the destination.",) if users else ()


def keeps_directory(service: Service) -> bool:
    """Whether it matters who is known to exist in a service's account."""
    return service.addresses_known or service.seeking is not None


def _identity(activation: Activation, model: Model, opened: OpenModel, account: Account) -> LedgerIdentity:
    return LedgerIdentity(
        account=account,
        service=activation.service,
        match_key=activation.match_key,
        primary_key=model.primary_key,
        key_type=opened.fields[model.primary_key].type.sql,
    )


def _others(project: Project, activation: Activation, identity: LedgerIdentity) -> tuple[OtherLedger, ...]:
    """The ledgers of the project's other activations, whichever account they belong to."""
    return tuple(
        OtherLedger(activation=other, path=project.home.ledger(other), identity=identity)
        for other in project.catalog.activations
        if other != activation.name
    )


def _records(
    project: Project,
    activation: Activation,
    opened: OpenModel,
    slots: Sequence[MappedSlot],
    service: Service,
    now: datetime,
) -> DesiredRecords:
    fields = [opened.model.primary_key, activation.match_field, *(mapped.field.source.name for mapped in slots)]
    return DesiredRecords(
        members=settled_members_sql(project, project.segment_of(activation), opened, now, fields),
        primary_key=opened.model.primary_key,
        match_field=opened.fields[activation.match_field],
        match_key=match_key_spec(project, activation),
        slots=slots,
        timezone=project.catalog.settings.timezone,
        instant_format=service.shape([mapped.field for mapped in slots]).instant_format,
    )


def _mapping(activation: Activation, slots: Sequence[MappedSlot]) -> str:
    parts = [activation.match_key, activation.match_field]
    parts += ["recreate"] if activation.recreate else []
    parts += [activation.mode.value] if activation.mode is not Mode.UPSERT else []
    parts += [f"{m.slot.name} {m.field.mapping.when}" for m in slots if m.field.mapping.when is not When.ALWAYS]
    parts += [f"{m.slot.name}\0{m.slot.identity}\0{m.field.source.name}" for m in slots]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
