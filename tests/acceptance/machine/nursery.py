"""Processes that are born with Penstock loaded: of a run that is to be killed, loading it would be the longest part.

Each is a process of its own, of which nothing but its file descriptors and its memory comes from where it was born.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from penstock.cli.main import main
from tests.acceptance.machine.haste import in_haste

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["penstock.cli.command_line", "penstock.operations.running", __name__])


def born(arguments: Sequence[str], *, ahead_seconds: float, secrets: Mapping[str, str]) -> ForkServerProcess:
    """Start the command line with these arguments, so far ahead of its time; the caller joins the process."""
    process = _NURSERY.Process(target=_live, args=(list(arguments), ahead_seconds, dict(secrets)), daemon=True)
    process.start()
    return process


def _live(arguments: Sequence[str], ahead_seconds: float, secrets: Mapping[str, str]) -> None:
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere.fileno(), stream.fileno())
    os.environ.update(secrets)
    sys.argv = ["penstock", *arguments]
    with in_haste(lambda: timedelta(seconds=ahead_seconds)):
        main()
