"""Guards: limits that stop a run before anything is sent. Pure judgement of a plan's figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from penstock.catalog.entities import Leave
from penstock.errors import GuardStop
from penstock.plan.plan import Plan

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
    new_fields: tuple[str, ...]


def stopped_by(plan: Plan, before: Before, *, max_first_run: int, allowed: Collection[str]) -> GuardStop | None:
    """Return the first guard that stops the plan and is not allowed."""
    checks = (
        ("empty", _empty(plan, before)),
        ("shrunk", _shrunk(plan, before)),
        ("removed", _removed(plan, before)),
        ("left", _left(plan, before)),
        ("changed", _changed(plan, before)),
        ("maximum", _maximum(plan, before, max_first_run)),
    )
    for guard, message in checks:
        if message is not None and guard not in allowed:
            return GuardStop(
                f"{message} Nothing was sent.",
                fix=f"If this is meant, run once with --allow {guard}.",
                guard=guard,
            )
    return None


def _empty(plan: Plan, before: Before) -> str | None:
    if plan.counts.desired or not before.members:
        return None
    what = "the model has no rows" if not plan.counts.source_rows else "no row satisfies the segment"
    return (
        f"There is nobody to send: {what}, but {before.members:,} records were delivered before."
        " The likely cause is an empty table or a condition that no longer fits the data."
    )


def _shrunk(plan: Plan, before: Before) -> str | None:
    rows = plan.counts.source_rows
    if not before.source_rows or rows >= (1 - SHRUNK_SHARE) * before.source_rows:
        return None
    share = 1 - rows / before.source_rows
    return (
        f"The model has {rows:,} rows, {share:.0%} fewer than at the last run ({before.source_rows:,})."
        " The likely cause is a load that did not finish."
    )


def _left(plan: Plan, before: Before) -> str | None:
    left = plan.counts.left
    if left <= LEFT_RECORDS or left <= LEFT_SHARE * before.members:
        return None
    return (
        f"{left:,} of {before.members:,} records ({left / before.members:.0%}) would leave."
        " The likely cause is a changed condition or a broken join."
    )


def _removed(plan: Plan, before: Before) -> str | None:
    removed = plan.counts.remove
    if removed <= REMOVED_FEW or (removed <= REMOVED_SHARE * before.members and removed <= REMOVED_MOST):
        return None
    what = "deleted" if plan.leave is Leave.DELETE else "suspended"
    return (
        f"The users of {removed:,} of {before.members:,} records ({removed / before.members:.0%}) would be {what},"
        f" because they left (`leave: {plan.leave}`). The likely cause is a changed condition or a broken join."
    )


def _changed(plan: Plan, before: Before) -> str | None:
    changed = plan.counts.update
    if not before.members or changed <= CHANGED_RECORDS or changed <= CHANGED_SHARE * before.members:
        return None
    message = f"{changed:,} of {before.members:,} known records ({changed / before.members:.0%}) would change."
    if before.new_fields:
        names = ", ".join(f"`{name}`" for name in before.new_fields)
        return f"{message} The mapping has changed: {names} was not sent before."
    most = max(plan.changes, key=lambda name: plan.changes[name])
    return f"{message} Most of it is in `{most}` ({plan.changes[most]:,} records)."


def _maximum(plan: Plan, before: Before, most: int) -> str | None:
    new = plan.counts.create
    if new <= most or new <= CHANGED_SHARE * before.members:
        return None
    what = (
        f"Beside {before.members:,} known records, the run would send" if before.members else "A first run would send"
    )
    return f"{what} {new:,} new records; the limit is {most:,} (`settings: max_first_run:`)."
