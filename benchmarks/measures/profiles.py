"""Showing where the time of a step went, when that is asked for."""

from __future__ import annotations

import sys

from benchmarks.figures import Result

LEAST_CPU_SECONDS = 0.005


def show_profile(result: Result) -> None:
    """Write stages and statements of a step to standard error, if its statements were recorded."""
    if not result.get("statements"):
        return
    for name, stage in result["stages"].items():
        sys.stderr.write(f"  {stage['cpu']:8.2f} CPU s {stage['wall']:8.2f} s             {name}\n")
    for note in result["statements"]:
        if note["cpu"] >= LEAST_CPU_SECONDS:
            figures = f"{note['cpu']:8.2f} CPU s {note['wall']:8.2f} s {note['peak']:8.0f} MB"
            sys.stderr.write(f"  {figures}  {note['statement']}\n")
    if result.get("scan"):
        sys.stderr.write(f"  {result['scan']['cpu']:8.2f} CPU s {result['scan']['wall']:8.2f} s  scan\n")
    sys.stderr.write(f"  peak {result['peak']:.0f} MB\n")
