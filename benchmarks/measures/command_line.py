"""What the command line costs before it does anything."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.children import ROOT
from benchmarks.figures import Figure, Row, at_most
from benchmarks.scenery import Scenery

UNIT = ["-c", "import typer, rich.console"]
COMMAND = ["-c", "import sys; from penstock.cli.main import main; sys.exit(main())"]
"""What the installed script does."""
COMMANDS = ("--help", "--version")
RUNS = 15
LIMIT = 1.5


def command_line(scenery: Scenery) -> Row:
    """Start the command many times, in turn with a process that imports Typer and Rich and no more."""
    del scenery
    if importlib.util.find_spec("penstock.cli.main") is None:
        raise RuntimeError("there is no command line to be measured")
    runs: dict[str, list[float]] = {option: [] for option in ("", *COMMANDS)}
    for _ in range(RUNS):
        runs[""].append(_cpu(UNIT))
        for option in COMMANDS:
            runs[option].append(_cpu([*COMMAND, option]))
    figures: tuple[Figure, ...] = tuple(
        at_most(
            f"penstock {option} / import",
            median(mine / unit for mine, unit in zip(runs[option], runs[""], strict=True)),
            LIMIT,
        )
        for option in COMMANDS
    )
    return Row(
        name="command-line",
        what="whole processes",
        records=None,
        unit=f"import of Typer and Rich {1000 * median(runs['']):.0f} CPU ms",
        figures=figures,
    )


def _cpu(arguments: Sequence[str]) -> float:
    """CPU seconds of a process of the interpreter, its start included."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the command ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime
