"""The page of results: the table with the machine, the versions and the day it was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import Row
from benchmarks.table import markdown

PAGE = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("penstock", "duckdb", "pyarrow", "aiohttp", "orjson")
_INTRODUCTION = """# Results

Written by `make bench BENCH=--write`. Budgets are ratios within one process or one round, never times; a ratio is
the median of the rounds. The unit *scan* is DuckDB hashing every compared column of desired and confirmed records
once. CPU is user and system time after imports; memory is the highest resident size of the process.
"""


def write_results(rows: Sequence[Row], *, rounds: int) -> Path:
    """Write the page and return where it is."""
    parts = (_INTRODUCTION, _circumstances(rounds), markdown(rows))
    PAGE.write_text("\n".join(parts))
    return PAGE


def _circumstances(rounds: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, {versions}. Rounds: {rounds}. Load at the end:"
        f" {os.getloadavg()[0]:.1f}.\n"
    )
