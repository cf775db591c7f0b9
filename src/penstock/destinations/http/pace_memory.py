"""What outlives a process of an account's paces: from when on each lets the next request through.

A run that begins right after another one, or after one that was killed, keeps to the limit as if it were the same. It
is a courtesy that no run depends on: what cannot be read or written is passed over.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

KEEP_EVERY_SECONDS = 1.0
LONGEST_SECONDS = 60.0
"""The longest window of any limit: nothing is remembered for longer."""


class RememberedPace(Protocol):
    """A pace that can be taken up where another process left it."""

    @property
    def free_in_seconds(self) -> float:
        """How long it lets nothing through from now on; 0 or less when the next request may go."""

    def pause(self, seconds: float) -> None:
        """Let nothing through for that long from now."""


class PaceMemory:
    """The paces of one account by their names, and the file that remembers them, in a folder that may be missing."""

    def __init__(self, folder: Path | None, base_url: str, *, clock: Callable[[], float] = time.time) -> None:
        name = hashlib.sha256(base_url.encode()).hexdigest()[:16]
        self._path = None if folder is None else folder / f"{name}.json"
        self._clock = clock
        self._paces: dict[str, RememberedPace] = {}
        self._kept: dict[str, float] = {}

    def add(self, name: str, pace: RememberedPace) -> None:
        """Take a pace up where it was left, and remember it from now on."""
        self._paces[name] = pace
        seconds = self._read().get(name, 0.0) - self._clock()
        if seconds > 0:
            pace.pause(seconds)

    def keep(self) -> None:
        """Write down how the paces stand, unless the file says so already."""
        now = self._clock()
        free = {name: now + pace.free_in_seconds for name, pace in self._paces.items() if pace.free_in_seconds > 0}
        if self._path is None or all(self._kept.get(name, 0.0) >= moment for name, moment in free.items()):
            return
        self._kept |= free
        others = self._read()  # another process, of a `plan` perhaps, may have asked as well
        latest = {name: max(free.get(name, 0.0), others.get(name, 0.0)) for name in free.keys() | others.keys()}
        partial = self._path.with_suffix(".partial")
        with suppress(OSError):
            partial.write_text(json.dumps({"written": now, "free": latest}))
            partial.replace(self._path)

    def _read(self) -> dict[str, float]:
        """Return from when on each pace is free; nothing of a file that is damaged or written in the future."""
        if self._path is None:
            return {}
        now = self._clock()
        try:
            text = json.loads(self._path.read_text())
            if float(text["written"]) > now:
                return {}
            free = {str(name): float(moment) for name, moment in text["free"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
        return {name: moment for name, moment in free.items() if now < moment <= now + LONGEST_SECONDS}


@asynccontextmanager
async def remembering(folder: Path | None, base_url: str) -> AsyncIterator[PaceMemory]:
    """Keep an account's paces every second, and at the end."""
    memory = PaceMemory(folder, base_url)

    async def keep() -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_SECONDS)
            memory.keep()

    keeping = asyncio.create_task(keep())
    try:
        yield memory
    finally:
        keeping.cancel()
        memory.keep()
