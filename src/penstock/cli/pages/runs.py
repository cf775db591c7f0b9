"""The list of runs for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.text import Text

from penstock.cli.documents import kept_failure, kept_report
from penstock.cli.pages.layout import Part, table
from penstock.cli.wording import duration, joined, moment
from penstock.counting import counted

if TYPE_CHECKING:
    from penstock.runs.journal import RunRow

_STYLES = {"succeeded": "green", "incomplete": "yellow", "failed": "red", "stopped": "red", "interrupted": "yellow"}
WIDTH_FOR_STARTS = 100
LONGEST_WHOLE_NAME = 24
_TOLD = ("delivered", "rejected", "unknown")


def runs_page(rows: Sequence[RunRow], *, activation: str | None, limit: int, zone: tzinfo, width: int) -> list[Part]:
    """List runs.

    The activation's name is left out where it is the same in every line, and the start with how long it took where
    `width` is scarce: a run's name begins with the start.
    """
    if not rows:
        of = f" of {activation}" if activation else ""
        return [Text(f"There is no run{of} yet. `penstock run {activation or 'ACTIVATION'}` makes the first.")]
    starts = activation is not None or width >= WIDTH_FOR_STARTS
    times = ["Started", "Took"] if starts else []
    columns = ["Run", *([] if activation else ["Activation"]), *times, "Status", "Result"]
    lines = [
        [
            Text(row.run),
            *([] if activation else [Text(row.activation)]),
            *([Text(moment(row.started_at, zone)), Text(_took(row))] if starts else []),
            Text(row.status, style=_STYLES.get(row.status, "")),
            Text(_result(row)),
        ]
        for row in rows[:limit]
    ]
    names = ["Activation"] if max(len(row.activation) for row in rows) <= LONGEST_WHOLE_NAME else []
    parts: list[Part] = [table(columns, lines, whole=("Run", "Started", "Took", "Status", *names))]
    rest = len(rows) - len(lines)
    if rest > 0:
        parts.append(Text(f"and {counted(rest, 'earlier run')}; --limit shows more", style="dim"))
    return parts


def _took(row: RunRow) -> str:
    """How long a run took; nothing while it is under way."""
    report = kept_report(row)
    if report is not None:
        return duration(report["seconds"])
    if row.ended_at is None:
        return ""
    between = datetime.fromisoformat(row.ended_at) - datetime.fromisoformat(row.started_at)
    return duration(max(0.0, between.total_seconds()))  # the clock may have been set back


def _result(row: RunRow) -> str:
    report, failure = kept_report(row), kept_failure(row)
    if report is None:
        if failure is None:
            return ""
        return joined([f"guard_{each['guard']}" for each in failure.get("guards", ())]) or failure["code"]
    outcomes = report["outcomes"]
    told = joined([f"{outcomes[word]:,} {word}" for word in _TOLD if outcomes.get(word)])
    withheld = counted(len(report["withheld"]), "field") + " withheld" if report["withheld"] else ""
    return joined([told or "nothing to send", withheld])
