"""Starting a step in a child process, and reading what it measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from benchmarks.figures import Arguments, Result

ROOT = Path(__file__).resolve().parent.parent
API_KEY = "BENCH_API_KEY"
"""Environment variable of the key that the generated projects name."""


class StepFailure(Exception):
    """A step did not come to its end; the text is the last line that it wrote."""


def run_step(step: str, arguments: Arguments, *, cores: Collection[int] = (), python: str = sys.executable) -> Result:
    """Run `module:function` of the steps in a process of its own, by that interpreter, and return its result."""
    request = {"step": f"benchmarks.steps.{step}", "arguments": dict(arguments), "cores": sorted(cores)}
    done = subprocess.run(
        [python, "-m", "benchmarks.child"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, API_KEY: "0123456789abcdef0123456789abcdef"},
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise StepFailure(lines[-1])
    result: Result = json.loads(done.stdout)
    return result


def two_cores() -> tuple[set[int], set[int]]:
    """Return a core for the measured process and another for the server; both empty if there is only one."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    cores = sorted(os.sched_getaffinity(0))
    return ({cores[0]}, {cores[1]}) if len(cores) > 1 else (set(), set())
