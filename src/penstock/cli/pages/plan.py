"""A plan for people: what a run would do, some records attribute by attribute, and which guard would stop it."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import cast

from rich.text import Text

from penstock.cli.documents import FiredDocument, ReasonDocument, WithheldDocument
from penstock.cli.pages.changes import change_parts
from penstock.cli.pages.guards import fired_parts
from penstock.cli.pages.layout import BLANK, Part, heading, indented, labelled, next_steps
from penstock.cli.pages.planned import (
    notice_parts,
    planned_rows,
    reason_parts,
    sent_records,
    warning_parts,
    withheld_parts,
)
from penstock.cli.wording import listed
from penstock.counting import counted
from penstock.operations.planning import PlanReport

_KINDS = {"remove": "removal", "clear": "clearing", "update": "update", "create": "creation"}


def plan_page(plan: PlanReport, *, destination: str, full: bool) -> list[Part]:
    """Tell a plan; `full` says whether everything anew was asked for."""
    sent = sent_records(plan.planned)
    verdict = f"Would send {counted(sent, 'record')}; nothing was sent." if sent else "Nothing to send."
    withheld = [WithheldDocument(field=name, records=records) for name, records in plan.withheld]
    return [
        heading(f"{plan.activation} → {destination}", f"plan of a {plan.kind} run"),
        Text(verdict),
        BLANK,
        labelled(planned_rows(plan.planned, plan.changes)),
        *_sample(plan, sent),
        *withheld_parts(withheld),
        *reason_parts(
            [cast("ReasonDocument", reason.to_json()) for reason in plan.reasons], title="Would not be delivered"
        ),
        *warning_parts(plan.warnings, plan.withheld),
        *notice_parts(plan.notices),
        *_guard(plan),
        *_next(plan, sent, full),
    ]


def _sample(plan: PlanReport, sent: int) -> list[Part]:
    if not plan.sample:
        return []
    few = len(plan.sample)
    title = f"{few} of {counted(sent, 'record')}" if few < sent else "Records"
    parts: list[Part] = [BLANK, Text(title, style="bold")]
    for change in plan.sample:
        parts += change_parts(change)
    shown = Counter(change.op for change in plan.sample)
    rest = [(plan.planned.get(op, 0) - shown[op], noun) for op, noun in _KINDS.items()]
    more = [counted(number, f"more {noun}") for number, noun in rest if number > 0]
    return [*parts, indented(Text(f"and {listed(more)}", style="dim"), 2)] if more else parts


def _guard(plan: PlanReport) -> list[Part]:
    if plan.guard is None:
        return []
    fired = [FiredDocument(guard=each.guard, message=each.message) for each in plan.guard.fired]
    title = Text(f"{counted(len(fired), 'guard')} would stop this run", style="bold red")
    return [BLANK, title, *fired_parts(fired, plan.guard.fix)]


def _next(plan: PlanReport, sent: int, full: bool) -> list[Part]:
    if not sent or plan.guard is not None:  # the guard's own fix names the command's options
        return []
    run = f"penstock run {plan.activation}"
    if plan.out is not None:
        return [BLANK, next_steps((f"{run} --plan {shlex.quote(str(plan.out))}", "sends this plan"))]
    return [BLANK, next_steps((run + (" --full" if full else ""), "sends it"))]
