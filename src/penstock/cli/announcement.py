"""Says that the emulators are ready: their own lines for people, one JSON document for scripts."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from rich.text import Text

from penstock.cli.screen import Screen

_READY = re.compile(r"^(\w+) sandbox ready: (\S+)$", re.MULTILINE)


@contextmanager
def announcing(screen: Screen, emulators: int) -> Iterator[None]:
    """Pass on what the emulators print while they are served; scripts get one document when all are ready."""
    if not screen.as_json:
        screen.note(Text("Emulated destinations for trying things out; Ctrl-C ends them."))
        yield
        return
    with redirect_stdout(_Announcement(screen, emulators)):
        yield


class _Announcement(io.StringIO):
    """Takes the emulators' lines in and gives one document out."""

    def __init__(self, screen: Screen, emulators: int) -> None:
        super().__init__()
        self._screen = screen
        self._emulators = emulators

    def flush(self) -> None:
        found = dict(_READY.findall(self.getvalue()))
        if len(found) < self._emulators:
            return
        self.seek(0)
        self.truncate()
        document = {name: {"url": url} for name, url in found.items()}
        with redirect_stdout(sys.__stdout__):
            self._screen.document(document)
