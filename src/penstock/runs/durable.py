"""Files that are there in full or not at all, whatever happens to the machine."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, text: bytes) -> None:
    """Write a file so that it survives a loss of power. Raises OSError."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(text)
    sync(partial)
    partial.replace(path)


def sync(path: Path) -> None:
    """Make what was written to a file, or into a folder, survive. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
