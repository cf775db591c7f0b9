"""What the report of the last run tells the next one: what guards compare with, and what to expect."""

from __future__ import annotations

from contextlib import suppress

from penstock.errors import StorageError
from penstock.ledger.state import LedgerState
from penstock.operations.project import Project
from penstock.plan.guards import Before, stopped_without_types
from penstock.plan.plan import Plan
from penstock.runs.journal import RunStore
from penstock.runs.kept import kept_plan


def last_report(store: RunStore, activation: str) -> dict[str, object]:
    """Return the report of the newest run that came to its end by itself."""
    for row in store.runs(activation, limit=20):
        if row.report and row.status in {"succeeded", "incomplete"}:
            return row.report
    return {}


def had_set_aside(last: dict[str, object]) -> bool:
    """Whether that run set records aside whose keys are not unique."""
    reasons = last.get("reasons")
    codes = {"duplicate_key", "duplicate_match_value"}
    return isinstance(reasons, list) and any(reason.get("code") in codes for reason in reasons)


def stop_if_emptied(source_rows: int, last: dict[str, object]) -> None:
    """Stop a model without rows, of which the last run had some, where no ledger can be compared with it."""
    desired = last.get("desired")
    if not source_rows and isinstance(desired, int) and desired:
        raise stopped_without_types(desired)


def known_before(project: Project, state: LedgerState | None, plan: Plan, last: dict[str, object]) -> Before:
    """What guards compare a plan with."""
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
