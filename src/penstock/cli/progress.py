"""Progress of a run on standard error: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, ConsoleRenderable, RichCast
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from penstock.cli.screen import Screen
from penstock.cli.streams import write
from penstock.counting import counted

LINE_EVERY_SECONDS = 10.0


class Watcher(Protocol):
    """What an operation tells of its progress."""

    def stage(self, sentence: str, records: int | None = None) -> None:
        """A stage begins; in one that goes through so many records, each of them is counted."""

    def advance(self, records: int) -> None:
        """So many more of the stage's records are done."""


@contextmanager
def watching(screen: Screen) -> Iterator[Watcher]:
    """Show progress in the way that fits where the command runs."""
    console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
    if screen.quiet:
        yield _Nobody()
    elif console.is_terminal and not console.is_dumb_terminal:
        with _Bar(console) as bar:
            yield bar
    else:
        yield _Lines()


class _Nobody:
    def stage(self, sentence: str, records: int | None = None) -> None:
        """Say nothing."""

    def advance(self, records: int) -> None:
        """Say nothing."""


class _Lines:
    """One line for each stage, and one every ten seconds while records are counted."""

    def __init__(self) -> None:
        self._stage = ""
        self._total = self._done = 0
        self._began = self._told = time.monotonic()

    def stage(self, sentence: str, records: int | None = None) -> None:
        self._stage, self._total, self._done = sentence, records or 0, 0
        self._began = self._told = time.monotonic()
        self._say(sentence if records is None else f"{sentence}: {counted(records, 'record')}")

    def advance(self, records: int) -> None:
        self._done += records
        now = time.monotonic()
        if now - self._told >= LINE_EVERY_SECONDS:
            self._told = now
            speed = self._done / (now - self._began)
            self._say(f"{self._stage}: {self._done:,} of {self._total:,}, {speed:,.0f} records/s")

    def _say(self, sentence: str) -> None:
        write(sys.stderr, f"{sentence} …\n")


class _Bar:
    """A stage with a spinner; while records are counted, a bar with their number, speed and the time that remains."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            _Counting(BarColumn(bar_width=24)),
            _Counting(_Figures()),
            _Counting(TimeRemainingColumn(compact=True)),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("Reading the project", total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, sentence: str, records: int | None = None) -> None:
        self._progress.reset(self._task, total=records, description=sentence)

    def advance(self, records: int) -> None:
        self._progress.advance(self._task, records)


class _Counting(ProgressColumn):
    """Shows a column only while records are counted."""

    def __init__(self, column: ProgressColumn) -> None:
        super().__init__()
        self._column = column

    def render(self, task: Task) -> ConsoleRenderable | RichCast | str:
        return Text() if task.total is None else self._column(task)


class _Figures(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = f" · {task.speed:,.0f}/s" if task.speed else ""
        return Text(f"{task.completed:,.0f} of {counted(round(task.total or 0), 'record')}{speed}")
