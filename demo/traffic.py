"""What a sandbox says of the requests that it got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests that reached one emulator, from its own log."""

    lines: tuple[Mapping[str, Any], ...]

    @property
    def writes(self) -> tuple[Mapping[str, Any], ...]:
        """Those that change something."""
        return tuple(line for line in self.lines if line["method"] != "GET")

    @property
    def carriers(self) -> tuple[Mapping[str, Any], ...]:
        """Those that carry users; each is a job at Zendesk."""
        return tuple(line for line in self.writes if line["records"])

    @property
    def reads(self) -> int:
        """How many only asked."""
        return len(self.lines) - len(self.writes)

    @property
    def users(self) -> int:
        """Users in all write requests."""
        return sum(int(line["records"]) for line in self.writes)

    @property
    def kilobytes(self) -> int:
        """Size of all write requests."""
        return -(-sum(int(line["bytes"]) for line in self.writes) // 1000)
