"""Puts the story on the screen: headings, paragraphs, tables, and what was checked. At most 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from demo.errors import DemoError

_WIDTH = 80


class Telling:
    """The voice of the demo; colours on a terminal only."""

    def __init__(self) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            # A screen that cannot show every letter of a name must not end the story.
            sys.stdout.reconfigure(errors="replace")
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._console.width = min(_WIDTH, self._console.width)
        self._chapter = 0
        self._after_gap = False

    @property
    def width(self) -> int:
        """Columns that everything on the screen fits into."""
        return self._console.width

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._chapter += 1
        heading = f"{self._chapter}. {title}"
        self._print(Text(), Text(heading, style="bold cyan"), Text("─" * cell_len(heading), style="cyan"))

    def say(self, *sentences: str) -> None:
        """Tell a paragraph."""
        self._print(Text(" ".join(sentences)))

    def gap(self) -> None:
        """Leave a line empty."""
        self._print(Text())

    def commands(self, *lines: str) -> None:
        """Show commands as they are typed; their own output may follow."""
        self._print(Text(), *(Text(f"$ {line}", style="bold") for line in lines))
        self._after_gap = False

    def quote(self, text: str) -> None:
        """Show words of another program, as they are."""
        for line in text.splitlines():
            self._print(Text(f"    {line}", style="yellow"))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]], *, figures: str = "") -> None:
        """Show a table; `figures` has an `r` for each column to set to the right."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for position, heading in enumerate(headings):
            right = figures[position : position + 1] == "r"
            table.add_column(heading, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row))
        self._print(table)

    def check(self, holds: bool, sentence: str, otherwise: str = "") -> None:
        """Say what was checked. Raises DemoError, which ends the demo, with what is so `otherwise`."""
        if not holds:
            raise DemoError(f"This should be so and is not: {sentence} {otherwise}".rstrip())
        mark = Text("✓ ", style="green")
        lines = Text(sentence).wrap(self._console, self._console.width - 2)
        self._print(mark + Text("\n  ").join(lines))

    def _print(self, *parts: RenderableType) -> None:
        """Print parts at once, for other programs write there as well; no blanks at line ends, no double gaps."""
        with self._console.capture() as capture:
            for part in parts:
                self._console.print(part)
        for line in capture.get().splitlines():
            is_gap = not line.strip()
            if not (is_gap and self._after_gap):
                sys.stdout.write(f"{line.rstrip()}\n")
            self._after_gap = is_gap
        sys.stdout.flush()
