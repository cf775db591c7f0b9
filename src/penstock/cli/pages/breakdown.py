"""A segment by the values of a field, for people."""

from __future__ import annotations

from rich.text import Text

from penstock.cli.pages.layout import BLANK, Part, heading, table
from penstock.cli.wording import printable, shortened, value
from penstock.counting import counted
from penstock.fields import Kind
from penstock.operations.breakdown import Breakdown, Group

_FIGURES = ("Records", "Share")


def breakdown_page(segment: str, found: Breakdown) -> list[Part]:
    """Tell how many members have which value; who has another one, and who has none."""
    field, members = found.field.name, found.members
    parts: list[Part] = [heading(segment, f"by {printable(field)}"), BLANK]
    if not members:
        return [*parts, Text("There is no record in the segment.")]
    rows: list[tuple[str | Text, int]] = [(_name(group, found), group.records) for group in found.groups]
    if found.others:
        rows.append((_aside(counted(found.other_values, "other value")), found.others))
    if found.without:
        rows.append((_aside("no value"), found.without))
    lines = [[name, f"{records:,}", f"{records / members:.1%}"] for name, records in rows]
    parts.append(table((printable(field), *_FIGURES), lines, figures=_FIGURES))
    parts.append(BLANK)
    parts.append(Text(counted(members, "record"), style="bold"))
    if found.field.type.kind is Kind.LIST:
        more = f"; {counted(found.other_values, 'other element')} not shown" if found.other_values else ""
        parts.append(_aside(f"A record counts for every element of its list{more}."))
    return parts


def _name(group: Group, found: Breakdown) -> str:
    if group.is_range or found.field.type.kind not in {Kind.TEXT, Kind.LIST}:
        return shortened(printable(group.name))
    return value(group.name)


def _aside(text: str) -> Text:
    return Text(text, style="dim")
