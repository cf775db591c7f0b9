"""The child process of a measurement: one step, its arguments on standard input, its result on standard output."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Collection
from types import TracebackType

from benchmarks.figures import Step


def main() -> int:
    """Run the step that is asked for."""
    sys.excepthook = tell
    request = json.load(sys.stdin)
    pin(request["cores"])
    module, _, function = request["step"].partition(":")
    step: Step = getattr(importlib.import_module(module), function)
    result = json.dumps(dict(step(request["arguments"])))
    sys.stdout.write(result)
    return 0


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line what a step failed of, behind where it happened."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.write(f"{kind.__name__}: {' '.join(str(error).split())}\n")


def pin(cores: Collection[int]) -> None:
    """Keep this process on these cores, where the system can."""
    if cores and hasattr(os, "sched_setaffinity") and set(cores) <= os.sched_getaffinity(0):
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    sys.exit(main())
