"""Standard output and standard error: made fit for any text, and never a reason to fail."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from penstock.errors import StorageError


def prepare_streams() -> None:
    """Let any character be written, whatever the terminal's encoding, and replace streams that are closed."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write(stream: TextIO, text: str) -> None:
    """Write and flush. A reader that went away is no error; StorageError if the text cannot be kept."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _redirect(stream)
    except OSError as error:
        _redirect(stream)
        raise StorageError(
            f"The output cannot be written: {error.strerror}.",
            fix="Free some space or write it elsewhere; `penstock report latest` shows the last run's again.",
            code="output",
        ) from error


def write_utf8(stream: TextIO, text: str) -> None:
    """Write text as UTF-8, whatever the encoding of the terminal."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")
    write(stream, text)


def silence_output() -> None:
    """Send what is still to be written to nowhere."""
    _redirect(sys.stdout)


def _redirect(stream: TextIO) -> None:
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - devnull is no path of a file
        os.dup2(nowhere.fileno(), stream.fileno())


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
