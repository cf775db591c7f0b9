"""A run that never came to sending, or has not ended yet, for people."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.text import Text

from penstock.cli.documents import kept_failure
from penstock.cli.pages.guards import fired_parts
from penstock.cli.pages.layout import BLANK, Part, hanging, heading, labelled
from penstock.cli.wording import moment, printable

if TYPE_CHECKING:
    from penstock.runs.journal import RunRow

_SENTENCES = {
    "stopped": "Stopped by a guard; nothing was sent.",
    "failed": "Failed before anything was sent.",
    "interrupted": "Interrupted before anything was sent.",
    "waiting": "Under way: waiting for a run to the same account. If no process is at work on it, it is over.",
    "planning": "Under way: comparing. If no process is at work on it, the next run takes it up.",
    "sending": "Under way: sending. If no process is at work on it, the next run takes it up.",
}


def unsent_page(row: RunRow, *, destination: str, zone: tzinfo) -> list[Part]:
    """Tell a run without a report."""
    failure = kept_failure(row)
    parts: list[Part] = [
        heading(f"{row.activation} → {destination}", f"run {row.run}"),
        Text(_SENTENCES.get(row.status, row.status)),
        BLANK,
        labelled([("Started", moment(row.started_at, zone))]),
    ]
    if failure is not None and len(fired := failure.get("guards", [])) > 1:
        return [*parts, BLANK, *fired_parts(fired, failure["fix"])]
    if failure is not None:
        parts += [BLANK, Text(printable(failure["message"]), style="red"), hanging("→", printable(failure["fix"]))]
    return parts
