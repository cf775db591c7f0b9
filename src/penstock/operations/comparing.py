"""From an activation to its plan: check the destination, read the source, compare with the ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb

from penstock.catalog.entities import Activation, FieldMapping, Mode, Model, When
from penstock.destinations.contract import Inspection, Service
from penstock.errors import ConfigurationError, Problem, Severity, StorageError
from penstock.fields import Field
from penstock.ledger.planning import PlanRequest, make_plan
from penstock.ledger.settling import count, sought
from penstock.ledger.state import (
    LedgerIdentity,
    LedgerState,
    identity_from_json,
    identity_to_json,
    ledger_errors,
    read_state,
)
from penstock.ledger.wanted import OtherLedger
from penstock.mapping.desired import DesiredRecords
from penstock.mapping.slots import MappedSlot, assign
from penstock.operations.older_ledger import refuse_older, refused_ledger
from penstock.operations.project import Project, match_key_spec
from penstock.operations.reading import OpenModel, members_sql, open_model, source_errors, unknown_field
from penstock.operations.retrying import tried_again
from penstock.plan.account import Account
from penstock.plan.guards import Before, stopped_without_types
from penstock.plan.plan import Plan
from penstock.plan.retry import Retry
from penstock.runs.closing import directory_of
from penstock.runs.journal import RunStore
from penstock.runs.kept import kept_plan
from penstock.runs.locks import directory_lock
from penstock.segments.sentence import outline


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
        source_rows, last = opened.lend(), _last_report(store, activation.name)
        try:
            inspection = await inspect(activation, opened, service)
            identity = _identity(activation, model, opened, account)
            state = _ledger(project, activation, request, opened, store, identity)
        except ConfigurationError:
            _stop_if_emptied(source_rows, last)  # an empty CSV file does not tell its types, and would be refused
            raise
        if state is None:
            _stop_if_emptied(source_rows, last)  # a full run would begin a new ledger with nobody in it
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
                    expect_set_aside=_had_set_aside(last),
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
        opened.warehouse.assert_unchanged()
    warnings = tuple(problem.message for problem in (*project.warnings, *inspection.problems))
    return Compared(
        plan=plan,
        identity=identity,
        before=_before(project, state, plan, last),
        warnings=warnings,
        notices=notices,
        tried_again=freed,
        starts_new_ledger=state is None,
        basis=_basis(project, activation, identity),
    )


def _to_be_looked_up(
    connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path, service: Service
) -> tuple[str, ...]:
    """Say how many users a run would look up."""
    if service.seeking is None or not plan.counts.sent:
        return ()
    users = count(connection, sought(plan, path, service.seeking, now=plan.made_at))
    return (f"It is found out first which of {users:,} users exist at the destination.",) if users else ()


def keeps_directory(service: Service) -> bool:
    """Whether it matters who is known to exist in a service's account."""
    return service.addresses_known or service.seeking is not None


def _basis(project: Project, activation: Activation, identity: LedgerIdentity) -> dict[str, object]:
    model, segment = project.model_of(activation), project.segment_of(activation)
    source = project.source_of(model)
    return {
        "ledger": identity_to_json(identity),
        "project": str(project.catalog.root),
        "source": f"{source.type} {source.path}",
        "model": model.sql or model.table or "",
        "segment": list(outline(segment.where)) if segment else [],
        "time zone": project.catalog.settings.timezone,
    }


def changed_basis(before: Mapping[str, object], now: Mapping[str, object]) -> str | None:
    """Name what a plan rested on that is another now; None if all is as it was. KeyError if it is not a basis."""
    made_for, found = (identity_from_json(_mapping_of(basis["ledger"])) for basis in (before, now))
    difference = made_for.difference(found)
    if difference is not None:
        return f"now there is {difference}"
    for name in ("project", "source", "model", "segment", "time zone"):
        if before[name] != now[name]:
            return f"the {name} is another one now"
    return None


def _mapping_of(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise KeyError("ledger")
    return value


async def inspect(activation: Activation, opened: OpenModel, service: Service) -> Inspection:
    """Judge the mapping against model and destination. Raises ConfigurationError with every refusal."""
    problems = missing_fields(activation, opened.fields)
    if problems:
        raise ConfigurationError.of(problems)
    inspection = await service.inspect(activation.fields, opened.fields)
    refusals = [problem for problem in inspection.problems if problem.severity is Severity.REFUSAL]
    if refusals:
        raise ConfigurationError.of(refusals)
    return inspection


def missing_fields(activation: Activation, fields: Mapping[str, Field]) -> list[Problem]:
    """Name the mapped fields that the model does not have."""
    wanted = [(f"Activation `{activation.name}`: the match field", activation.match_field, activation.location)]
    wanted += [
        (f"Activation `{activation.name}`: {_purpose(mapping)}", mapping.source, mapping.location)
        for mapping in activation.fields
    ]
    return [
        unknown_field(name, fields, what=what, location=location)
        for what, name, location in wanted
        if name not in fields
    ]


def _purpose(mapping: FieldMapping) -> str:
    return "the custom attribute" if mapping.custom else f"for `{mapping.target}`,"


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


def _ledger(
    project: Project,
    activation: Activation,
    request: Request,
    opened: OpenModel,
    store: RunStore,
    identity: LedgerIdentity,
) -> LedgerState | None:
    """Read the ledger and make sure that it may be compared with; None starts a new one."""
    try:
        state = read_state(opened.connection, project.home.ledger(activation.name))
    except StorageError as error:
        if request.full and error.code == "ledger_damaged":
            return None
        raise
    last = store.last_fold(activation.name)
    if state is None:
        if not request.full:
            refuse_older(activation, state, last)
        return None
    difference = state.identity.difference(identity)
    if difference is not None:
        if request.full:
            return None
        raise refused_ledger(
            activation,
            f"its ledger belongs to {state.identity.account.label}, and now there is {difference}.",
            code="ledger_of_another",
        )
    if not request.full:
        refuse_older(activation, state, last)
        if (state.ledger_id, state.fold) != last:
            why = "its ledger is newer than the list of runs, which was lost or is an older copy."
            raise refused_ledger(activation, why, code="store_old")
    return state


def _records(
    project: Project,
    activation: Activation,
    opened: OpenModel,
    slots: Sequence[MappedSlot],
    service: Service,
    now: datetime,
) -> DesiredRecords:
    timezone = project.catalog.settings.timezone
    return DesiredRecords(
        members=members_sql(project.segment_of(activation), opened, timezone=timezone, now=now),
        primary_key=opened.model.primary_key,
        match_field=opened.fields[activation.match_field],
        match_key=match_key_spec(project, activation),
        slots=slots,
        timezone=timezone,
        instant_format=service.shape([mapped.field for mapped in slots]).instant_format,
    )


def _mapping(activation: Activation, slots: Sequence[MappedSlot]) -> str:
    parts = [activation.match_key, activation.match_field]
    parts += ["recreate"] if activation.recreate else []
    parts += [activation.mode.value] if activation.mode is not Mode.UPSERT else []
    parts += [f"{m.slot.name} {m.field.mapping.when}" for m in slots if m.field.mapping.when is not When.ALWAYS]
    parts += [f"{m.slot.name}\0{m.slot.identity}\0{m.field.source.name}" for m in slots]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _last_report(store: RunStore, activation: str) -> dict[str, object]:
    """Return the report of the newest run that came to its end by itself."""
    for row in store.runs(activation, limit=20):
        if row.report and row.status in {"succeeded", "incomplete"}:
            return row.report
    return {}


def _had_set_aside(last: dict[str, object]) -> bool:
    reasons = last.get("reasons")
    codes = {"duplicate_key", "duplicate_match_value"}
    return isinstance(reasons, list) and any(reason.get("code") in codes for reason in reasons)


def _stop_if_emptied(source_rows: int, last: dict[str, object]) -> None:
    """Stop a model without rows, of which the last run had some, where no ledger can be compared with it."""
    desired = last.get("desired")
    if not source_rows and isinstance(desired, int) and desired:
        raise stopped_without_types(desired)


def _before(project: Project, state: LedgerState | None, plan: Plan, last: dict[str, object]) -> Before:
    rows = last.get("source_rows")
    return Before(
        members=state.members if state else 0,
        source_rows=rows if isinstance(rows, int) and state else None,
        remapped=_remapped(project, state, plan) if state else (),
    )


def _remapped(project: Project, state: LedgerState, plan: Plan) -> tuple[str, ...]:
    """Name the fields that the ledger does not have as they are, and those that come from elsewhere by now."""
    with suppress(StorageError):  # it only tells a cause
        kept = kept_plan(project.home, state.last_run, plan.activation)
        came_from = {mapped.slot.name: mapped.field.source.name for mapped in kept[0].slots} if kept else {}
        return tuple(
            mapped.slot.name
            for mapped in plan.slots
            if mapped.slot not in state.slots
            or came_from.get(mapped.slot.name, mapped.field.source.name) != mapped.field.source.name
        )
    return ()


def move_ledger_aside(project: Project, activation: str, run: str) -> None:
    """Keep the ledger that a new one replaces, under a name that says since when."""
    path = project.home.ledger(activation)
    if path.exists():
        shutil.move(path, path.with_suffix(f".before-{run}.duckdb"))
