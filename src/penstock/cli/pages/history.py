"""The history of one record for people: what was sent, before → after, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text

from penstock.cli.pages.changes import field_parts
from penstock.cli.pages.layout import BLANK, Part, hanging, heading, indented
from penstock.cli.wording import listed, moment, printable
from penstock.operations.history import HistoryEntry

_STYLES = {"delivered": "green", "rejected": "red", "skipped": "dim", "unknown": "yellow"}
_OPS = {
    "leave": "left the segment",
    "clear": "left the segment: cleared",
    "remove": "left the segment: user removed",
    "return": "came back into the segment",
    "hold": "not sent",
}


def history_page(
    entries: Sequence[HistoryEntry], *, activation: str, key: str, destination: str, zone: tzinfo
) -> list[Part]:
    """Tell what every run did to a record, oldest first."""
    name = printable(key)
    if not entries:
        return [
            Text(f"No run of {activation} has sent anything for {name}."),
            hanging("→", "Give the primary key or the match value as the model has it."),
        ]
    parts: list[Part] = [heading(f"{name} · {activation} → {destination}")]
    for entry in entries:
        parts += [BLANK, _title(entry, zone), *_body(entry)]
    return parts


def _title(entry: HistoryEntry, zone: tzinfo) -> Text:
    op = _OPS.get(entry.change.op, entry.change.op)
    title = Text(f"{moment(entry.started_at, zone)}  {op}")
    if entry.outcome is not None:
        title.append(f" · {entry.outcome}", style=_STYLES.get(entry.outcome, ""))
    return title.append(f"  {entry.run}", style="dim")


def _body(entry: HistoryEntry) -> list[Part]:
    parts = field_parts(entry.change, indent=4)
    if entry.not_confirmed:
        names = listed([printable(name) for name in entry.not_confirmed])
        parts.append(indented(Text(f"not confirmed: {names}", style="yellow"), 4))
    for held in entry.change.held:
        parts.append(indented(Text(f"not sent: {printable(held.field)} ({held.code})", style="yellow"), 4))
    if entry.code:
        said = entry.message or entry.meaning
        words = f"{printable(said)} ({entry.code})" if said else entry.code
        parts.append(hanging("→", words, indent=4))
    return parts
