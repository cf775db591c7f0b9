"""The sandbox as a process of its own: started on free ports of this machine, and always ended."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.commands import COMMAND, end
from demo.emulators import Iterable, Zendesk
from demo.errors import DemoError

SPEED = 10
"""How much faster than the real ones they are, so that nobody waits for Zendesk's jobs; the project says so too."""

_NAMES = ("zendesk", "iterable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running sandbox: both emulators, in one process."""

    iterable: Iterable
    zendesk: Zendesk


@contextmanager
def running_sandbox(state: Path) -> Iterator[Sandbox]:
    """Start the sandbox on free ports of this machine, and always end it."""
    words = state.with_suffix(".log")
    ports = [word for name in _NAMES for word in (f"--{name}-port", "0")]
    with words.open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "sandbox", *ports, "--speed", str(SPEED), "--state", str(state)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            # Ctrl-C is for the demo, which lets a run come to its end before it ends the sandbox.
            start_new_session=True,
        )
    try:
        urls = _addresses(process, words)
        yield Sandbox(iterable=Iterable(urls["iterable"]), zendesk=Zendesk(urls["zendesk"]))
    finally:
        end(process)


def _addresses(process: subprocess.Popen[str], words: Path) -> dict[str, str]:
    assert process.stdout is not None
    urls: dict[str, str] = {}
    for line in process.stdout:
        name, ready, url = line.strip().partition(" sandbox ready: ")
        if ready:
            urls[name] = url
        if len(urls) == len(_NAMES):
            return urls
    raise DemoError(f"The sandbox did not start. {words.read_text(encoding='utf-8')}".strip())
