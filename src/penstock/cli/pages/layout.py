"""The few shapes that pages are made of: a heading, labelled lines, hanging paragraphs, a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import JustifyMethod

Part = Text | Table | Padding
Row = tuple[str | Text, str | Text]

BLANK = Text("")


def heading(text: str, aside: str = "") -> Text:
    """Begin a page; `aside` is said more quietly."""
    line = Text(text, style="bold")
    return line.append(f" · {aside}", style="not bold dim") if aside else line


def labelled(rows: Sequence[Row]) -> Table:
    """Set texts beside short labels, all texts in one column."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for label, text in rows:
        grid.add_row(label, text)
    return grid


def hanging(mark: str, text: str | Text, *, indent: int = 0) -> Padding:
    """Set a paragraph behind a mark; its further lines begin under its first word."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(mark, text)
    return Padding(grid, (0, 0, 0, indent), expand=False)


def indented(text: str | Text, indent: int) -> Padding:
    """Set a paragraph further in."""
    return Padding(text if isinstance(text, Text) else Text(text), (0, 0, 0, indent), expand=False)


def next_steps(*steps: tuple[str, str]) -> Table:
    """Name commands to go on with, and what each is for."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim")
    for number, (command, purpose) in enumerate(steps):
        grid.add_row("" if number else "Next", command, purpose)
    return grid


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    *,
    whole: Sequence[str] = (),
    figures: Sequence[str] = (),
) -> Table:
    """Set rows in columns, `figures` to the right.

    Those named in `whole` and the figures keep their width, the others are broken where room is scarce.
    """
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for number, name in enumerate(columns):
        widest = max((len(row[number]) for row in rows), default=0)
        kept = name in whole or name in figures
        justify: JustifyMethod = "right" if name in figures else "left"
        grid.add_column(name, overflow="fold", min_width=widest if kept else None, justify=justify)
    for row in rows:
        grid.add_row(*row)
    return grid
