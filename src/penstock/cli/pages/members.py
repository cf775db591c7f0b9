"""Members of a segment for people: how many, and a table of some that fits the window."""

from __future__ import annotations

from rich.text import Text

from penstock.cli.pages.layout import Part, table
from penstock.cli.wording import printable, shortened
from penstock.counting import counted
from penstock.operations.segments import Sample, SegmentCount

GAP = 2
WIDEST = 30


def count_sentence(count: SegmentCount, model: str) -> str:
    """Say how many of the model's rows are members."""
    share = f" ({count.members / count.model_rows:.1%})" if count.model_rows else ""
    return f"{count.members:,} of {counted(count.model_rows, 'record')} of {model}{share}"


def members_table(sample: Sample, width: int) -> list[Part]:
    """Set members in a table; columns for which there is no room are named instead."""
    if not sample.rows:
        return [Text("There is no record in the segment.")]
    rows = [[_cell(each) for each in row] for row in sample.rows]
    room, shown = width, 0
    for number, name in enumerate(sample.columns):
        room -= max(len(name), *(len(row[number]) for row in rows)) + GAP
        if room + GAP < 0 and shown:
            break
        shown += 1
    parts: list[Part] = [table(sample.columns[:shown], [row[:shown] for row in rows])]
    hidden = sample.columns[shown:]
    if hidden:
        parts.append(Text(f"not shown: {', '.join(hidden)}", style="dim"))
    return parts


def _cell(value: object) -> str:
    if value is None:
        return "–"
    text = printable(str(value).lower() if isinstance(value, bool) else str(value))
    return text if len(text) <= WIDEST else f"{shortened(text)[: WIDEST - 1]}…"
