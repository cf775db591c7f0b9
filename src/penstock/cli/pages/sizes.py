"""How large a segment was at each run, for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text

from penstock.cli.documents import ReportDocument
from penstock.cli.pages.layout import BLANK, Part, heading, table
from penstock.cli.wording import moment
from penstock.counting import counted

SHOWN = 20
_FIGURES = ("Members", "Share", "Entered", "Left")


def sizes_page(segment: str, reports: Sequence[ReportDocument], *, zone: tzinfo) -> list[Part]:
    """List the runs that sent it, newest first."""
    parts: list[Part] = [heading(segment, "at each run"), BLANK]
    if not reports:
        return [*parts, Text("No run has sent it yet. A run of one of its activations writes its size down.")]
    lines = [_line(report, zone) for report in reports[:SHOWN]]
    parts.append(table(("Started", "Activation", *_FIGURES), lines, whole=("Started",), figures=_FIGURES))
    rest = len(reports) - len(lines)
    if rest:
        parts.append(Text(f"and {counted(rest, 'earlier run')}; --json tells all", style="dim"))
    return parts


def _line(report: ReportDocument, zone: tzinfo) -> list[str | Text]:
    members, rows = report["desired"], report["source_rows"]
    membership = report.get("membership")
    moved = [None, None] if membership is None else [membership["entered"], membership["left"]]
    return [
        moment(report["started_at"], zone),
        report["activation"],
        f"{members:,}",
        f"{members / rows:.1%}" if rows else "–",
        *(Text("unknown", style="dim") if number is None else f"{number:,}" for number in moved),
    ]
