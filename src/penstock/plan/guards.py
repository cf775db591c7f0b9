"""Guards: limits that stop a run before anything is sent. Pure judgement of a plan's figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from penstock.catalog.entities import Leave
from penstock.counting import counted, were
from penstock.errors import FiredGuard, GuardStop
from penstock.plan.plan import Plan, RunKind

CHANGED_SHARE, CHANGED_RECORDS = 0.5, 1_000
LEFT_SHARE, LEFT_RECORDS = 0.1, 100
REMOVED_SHARE, REMOVED_FEW, REMOVED_MOST = 0.05, 3, 500
SHRUNK_SHARE = 0.3

GUARDS = ("changed", "left", "removed", "shrunk", "empty", "maximum")
"""Names that `--allow` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the ledger knew before the run, and how many rows the model had at the last one (None if unknown)."""

    members: int
    source_rows: int | None
    remapped: tuple[str, ...]
    """Fields that are sent otherwise than by the last run: new ones, and those that come from another field."""


def stopped_by(
    plan: Plan, before: Before, *, max_first_run: int, allowed: Collection[str], command: str
) -> GuardStop | None:
    """Return the stop by all guards that are not allowed; None if the plan may go.

    `command` is the command line that runs the plan, to which allowing them is added.
    """
    checks = (
        ("empty", _empty(plan, before)),
        ("shrunk", _shrunk(plan, before)),
        ("removed", _removed(plan, before)),
        ("left", _left(plan, before)),
        ("changed", _changed(plan, before)),
        ("maximum", _maximum(plan, before, max_first_run)),
    )
    fired = [FiredGuard(guard=guard, message=message) for guard, message in checks if message is not None]
    stops = [each for each in fired if each.guard not in allowed]
    if not stops:
        return None
    line = " ".join([command, *(f"--allow {each.guard}" for each in fired)])
    return GuardStop(stops, fix=f"If this is meant, run once: `{line}`.")


def stopped_without_types(records: int) -> GuardStop:
    """Return the stop of a run whose empty source no longer tells its types, so that no plan can be made.

    `records` were desired at the last run.
    """
    message = (
        f"There is nobody to send: the model has no rows, but it gave {counted(records, 'record')} at the last run."
        " The likely cause is an empty file."
    )
    return GuardStop(
        [FiredGuard(guard="empty", message=message)],
        fix="Load the data, then run again. --allow cannot help: an empty file does not tell the types of fields.",
    )


def _empty(plan: Plan, before: Before) -> str | None:
    if plan.counts.desired or not before.members:
        return None
    what, cause = "no row satisfies the segment", "a condition that no longer fits the data"
    if not plan.counts.source_rows:
        what, cause = "the model has no rows", "an empty table or a load that did not finish"
    members = before.members
    return (
        f"There is nobody to send: {what}, but {counted(members, 'record')} {were(members)} delivered before."
        f" The likely cause is {cause}."
    )


def _shrunk(plan: Plan, before: Before) -> str | None:
    rows = plan.counts.source_rows
    if not before.source_rows or not rows or before.source_rows - rows <= round(SHRUNK_SHARE * before.source_rows, 6):
        return None
    share = 1 - rows / before.source_rows
    return (
        f"The model has {counted(rows, 'row')}, {share:.1%} fewer than at the last run"
        f" ({before.source_rows:,})."
        " The likely cause is a load that did not finish."
    )


def _left(plan: Plan, before: Before) -> str | None:
    left = plan.counts.left
    if left <= LEFT_RECORDS or left <= LEFT_SHARE * before.members:
        return None
    return (
        f"{left:,} of {counted(before.members, 'record')} ({left / before.members:.1%}) would leave."
        " The likely cause is a changed condition or a broken join."
    )


def _removed(plan: Plan, before: Before) -> str | None:
    removed = plan.counts.remove
    if removed <= REMOVED_FEW or (removed <= REMOVED_SHARE * before.members and removed <= REMOVED_MOST):
        return None
    what = "deleted" if plan.leave is Leave.DELETE else "suspended"
    return (
        f"The users of {removed:,} of {counted(before.members, 'record')} ({removed / before.members:.0%}) would be"
        f" {what}, because they left (`leave: {plan.leave}`)."
        " The likely cause is a changed condition or a broken join."
    )


def _changed(plan: Plan, before: Before) -> str | None:
    changed = plan.counts.update
    if not before.members or changed <= CHANGED_RECORDS or changed <= CHANGED_SHARE * before.members:
        return None
    share = changed / before.members
    known = counted(before.members, "known record")
    return f"{changed:,} of {known} ({share:.1%}) would change. {_cause(plan, before)}"


def _cause(plan: Plan, before: Before) -> str:
    """Say what most of the changes are due to."""
    if plan.kind is RunKind.FULL:
        return "A full run sends every value again, whether it has changed or not."
    most = max(plan.changes, key=lambda name: plan.changes[name])
    records = plan.changes[most]
    if most in before.remapped:
        names = ", ".join(f"`{name}`" for name in before.remapped)
        verb = "is new or comes" if len(before.remapped) == 1 else "are new or come"
        return f"The mapping has changed: {names} {verb} from another field now."
    return (
        f"Most of it is in `{most}` ({counted(records, 'record')}). The likely cause is a load that went wrong there."
    )


def _maximum(plan: Plan, before: Before, most: int) -> str | None:
    new = plan.counts.create
    if new <= most or new <= CHANGED_SHARE * before.members:
        return None
    what = (
        f"Beside the {counted(before.members, 'record')} known, the run would send"
        if before.members
        else "A first run would send"
    )
    return (
        f"{what} {counted(new, 'new record')}; the limit is {most:,} (`settings: max_first_run:`)."
        " The likely cause is a model or a condition that takes in more people than was meant."
    )
