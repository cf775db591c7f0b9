"""One record's changes for people: creations as values, updates as before → after."""

from __future__ import annotations

from rich.text import Text

from penstock.cli.pages.layout import Part, indented
from penstock.cli.wording import joined, printable, shortened, value
from penstock.counting import counted
from penstock.runs.changes import FieldChange, RecordChange

MOST_FIELDS = 12


def record_name(change: RecordChange) -> str:
    """Name a record by its match value and its key."""
    key = shortened(printable(change.key))
    if change.match is None or change.match == change.key:
        return key
    return f"{shortened(printable(change.match))} ({key})"


def change_parts(change: RecordChange) -> list[Part]:
    """Tell what happens to a record."""
    title = Text(f"{change.op} ", style="dim").append(record_name(change), style="not dim bold")
    return [indented(title, 2), *field_parts(change, indent=4)]


def field_parts(change: RecordChange, *, indent: int) -> list[Part]:
    """Tell a record's fields: new values in one paragraph, changed ones a line each."""
    fields = change.fields[:MOST_FIELDS]
    rest = len(change.fields) - len(fields)
    more = [f"and {counted(rest, 'more field')}"] if rest else []
    if all(field.before is None for field in fields):
        text = joined([*(_new(field) for field in fields), *more])
        return [indented(text, indent)] if text else []
    return [indented(each, indent) for each in (*(_changed(field) for field in fields), *more)]


def _new(field: FieldChange) -> str:
    return f"{printable(field.field)}: {value(field.after)}"


def _changed(field: FieldChange) -> str:
    return f"{printable(field.field)}: {value(field.before)} → {value(field.after)}"
