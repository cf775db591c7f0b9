"""Files that a command is asked to write: refused before the work, not after it."""

from __future__ import annotations

from pathlib import Path

from penstock.errors import ConfigurationError


def output_file(path: Path) -> Path:
    """Return the path if a file can lie there. Raises ConfigurationError."""
    if path.is_dir():
        raise _refused(path, "it is a folder")
    if path.exists() and not path.is_file():
        # A device or a pipe would be replaced by a file of that name.
        raise _refused(path, "it is not an ordinary file")
    if not path.parent.is_dir():
        raise _refused(path, f"there is no folder `{path.parent}`")
    return path


def _refused(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"`{path}` cannot be written: {why}.", fix="Name a file in a folder that is there.", code="output_file"
    )
