"""What files looked like when they were opened, to notice when someone replaces them under a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamps:
    """Size, time of change and identity of each file."""

    marks: tuple[tuple[Path, tuple[int, int, int] | None], ...]

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Stamps:
        """Take the stamps of files as they are now."""
        return cls(tuple((path, _mark(path)) for path in paths))

    def changed(self) -> tuple[Path, ...]:
        """Return the files that are no longer what they were."""
        return tuple(path for path, mark in self.marks if _mark(path) != mark)


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino
