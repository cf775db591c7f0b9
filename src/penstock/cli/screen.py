"""Where a command's words go: the result to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import islice
from typing import ClassVar, TextIO

from rich.console import Console, RenderableType

from penstock.cli.streams import write, write_utf8

READABLE_WIDTH = 110
"""Lines longer than this are hard to read, however wide the window is."""
UNWRAPPED = 100_000
"""Outside a terminal a sentence is one line."""


LINES_AT_ONCE = 1_000


class Screen:
    """Prints pages in colour on a terminal and as plain lines elsewhere; with `as_json` only the document."""

    has_answered: ClassVar[bool] = False
    """Whether this process has printed the result of a command."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet

    def page(self, *parts: RenderableType) -> None:
        """Print a result for people."""
        if not self.as_json:
            text = rendered(sys.stdout, parts)
            Screen.has_answered = True
            write(sys.stdout, text)

    def document(self, value: object) -> None:
        """Print the one JSON document of the command."""
        if self.as_json:
            text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
            Screen.has_answered = True
            write_utf8(sys.stdout, text)

    def text(self, text: str) -> None:
        """Print text that is meant for other programs just as it is."""
        if not self.as_json:
            write(sys.stdout, text if text.endswith("\n") else f"{text}\n")

    def note(self, *parts: RenderableType) -> None:
        """Print something that is not the result."""
        if not self.quiet:
            write(sys.stderr, rendered(sys.stderr, parts))

    def lines(self, texts: Iterable[str]) -> None:
        """Print lines that are meant for other programs as they come, however many there are."""
        waiting = iter(texts)
        while some := list(islice(waiting, LINES_AT_ONCE)):
            Screen.has_answered = True
            write(sys.stdout, "".join(f"{text}\n" for text in some))

    @property
    def width(self) -> int:
        """Columns that a page may have; very many outside a terminal."""
        return _console(sys.stdout).width


def rendered(stream: TextIO, parts: tuple[RenderableType, ...]) -> str:
    """Lay out what is to be printed on a stream; no line ends in blanks."""
    console = _console(stream)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    lines = capture.get().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _console(stream: TextIO) -> Console:
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, READABLE_WIDTH) if console.is_terminal else UNWRAPPED
    return console
