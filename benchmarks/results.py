"""The page of results: the table with the machine, the versions and the day it was measured."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.children import ROOT
from benchmarks.contest import Contest, tables
from benchmarks.figures import Row
from benchmarks.table import markdown

PAGE = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("penstock", "duckdb", "pyarrow", "aiohttp", "orjson")
CONTENDERS = (*PACKAGES, "polars", "dlt")
_INTRODUCTION = """# Results

Written by `make bench BENCH=--write`. Budgets are ratios within one process or one round, never times; a ratio is
the median of the rounds. The unit *scan* is DuckDB hashing every compared column of desired and confirmed records
once. CPU is user and system time after imports; memory is the highest resident size of the process.
"""
_SIDE_BY_SIDE = """
## Side by side

The same work done by others, written by `make bench BENCH="side-by-side --write"`: a first delivery from Parquet to
the stub in requests of 1,000 records, a run in which 2 % changed, and one in which nothing did. Each run is a process
of its own; nothing is promised here, and the contenders do not do the same: the table says what each leaves out.
"""


def write_results(rows: Sequence[Row], contests: Sequence[Contest], *, rounds: int) -> Path:
    """Write the page, whatever was not measured as it was, and return where it is."""
    budgets, _, side_by_side = PAGE.read_text().partition(_SIDE_BY_SIDE)
    if rows:
        budgets = "\n".join((_INTRODUCTION, _circumstances(rounds, PACKAGES), markdown(rows)))
    if contests:
        side_by_side = "\n" + "\n".join((_circumstances(rounds, CONTENDERS), tables(contests)))
    PAGE.write_text(budgets.rstrip("\n") + "\n" + (_SIDE_BY_SIDE + side_by_side if side_by_side else ""))
    return PAGE


def _circumstances(rounds: int, packages: Sequence[str]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, {versions}. Rounds: {rounds}. Load at the end:"
        f" {os.getloadavg()[0]:.1f}.\n"
    )


def _version(package: str) -> str:
    """The installed version; what is installed for the contenders alone, as it is pinned."""
    try:
        return version(package)
    except PackageNotFoundError:
        found = re.search(rf"^{package}==(\S+)", (ROOT / "requirements-bench.txt").read_text(), re.MULTILINE)
        return found[1] if found else "of unknown version"
