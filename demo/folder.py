"""The folder that the demo makes anew each time."""

from __future__ import annotations

import shutil
from pathlib import Path

from demo.errors import DemoError

_MARK = ".made-by-the-demo"


def make_anew(folder: Path) -> None:
    """Make the folder, removing what an earlier demo left in it. Raises DemoError if it is somebody else's."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
            raise DemoError(f"{folder} holds something that the demo did not make; give another with --folder.")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
    except OSError as error:
        raise DemoError(f"The folder {folder} cannot be made: {error}.") from error
