"""The same work done by Penstock, by a script with polars and by dlt: three runs against the stub, side by side."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.children import ROOT, StepFailure, run_step
from benchmarks.contest import Contender, Contest, Lap
from benchmarks.data import FIELDS, UPDATED_AT
from benchmarks.figures import Result
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import stub_counts

CONTENDERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
"""Has dlt and polars, which Penstock's own environment has not: some packages change their ways where others are."""
RUNS = (("first delivery", 0), ("2 % changed", 1), ("nothing changed", 1))
"""What happens and, of the data, which version there is then."""

Deliver = Callable[[Path, Path, str], Result]
"""Delivers a Parquet file, given the folder of what is kept between runs and the address; tells what it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contender before the start."""

    name: str
    how: str
    deliver: Deliver


def side_by_side(scenery: Scenery) -> Contest:
    """Let each contender do the three runs, as often as there are rounds; medians."""
    if not CONTENDERS_PYTHON.exists():
        raise StepFailure("dlt and polars are not installed; `make bench BENCH=side-by-side` installs them")
    with scenery.stub() as address:
        contenders = tuple(_contender(scenery, entry, address) for entry in ENTRIES)
    return Contest(name="side-by-side", records=scenery.rows, contenders=contenders)


def _contender(scenery: Scenery, entry: Entry, address: str) -> Contender:
    rounds = [_round(scenery, entry, address) for _ in range(scenery.rounds)]
    return Contender(name=entry.name, how=entry.how, laps=tuple(_middle(laps) for laps in zip(*rounds, strict=True)))


def _round(scenery: Scenery, entry: Entry, address: str) -> list[Lap]:
    state = scenery.folder / "side-by-side"
    shutil.rmtree(state, ignore_errors=True)
    laps = []
    for run, version in RUNS:
        source = scenery.parquet(version)
        stub_counts(address, reset=True)
        result = entry.deliver(source, state, address)
        counts = stub_counts(address)
        laps.append(
            Lap(
                run=run,
                cpu=result["whole"]["cpu"],
                wall=result["whole"]["wall"],
                peak_megabytes=result["peak"],
                write_requests=counts["write"],
                records=counts["records"],
            )
        )
    return laps


def _middle(laps: Sequence[Lap]) -> Lap:
    return Lap(
        run=laps[0].run,
        cpu=median(lap.cpu for lap in laps),
        wall=median(lap.wall for lap in laps),
        peak_megabytes=median(lap.peak_megabytes for lap in laps),
        write_requests=laps[-1].write_requests,
        records=laps[-1].records,
    )


def _penstock(source: Path, state: Path, address: str) -> Result:
    ProjectFile(source=source.parent, base_url=address).write(state)
    return run_step("product:run", {"project": str(state)})


def _polars(source: Path, state: Path, address: str) -> Result:
    arguments = {"source": str(source), "state": str(state), "base_url": address, "fields": list(FIELDS)}
    return run_step("with_polars:deliver", arguments, python=str(CONTENDERS_PYTHON))


def _dlt(source: Path, state: Path, address: str, cursor: str | None = None) -> Result:
    arguments = {"source": str(source), "state": str(state), "base_url": address, "fields": list(FIELDS)}
    return run_step("with_dlt:deliver", arguments | {"cursor": cursor}, python=str(CONTENDERS_PYTHON))


def _dlt_with_cursor(source: Path, state: Path, address: str) -> Result:
    return _dlt(source, state, address, UPDATED_AT)


ENTRIES = (
    Entry(
        name="Penstock",
        how="changed attributes only; every record's outcome; plan and receipts on disk, so that it may be killed",
        deliver=_penstock,
    ),
    Entry(
        name="polars",
        how="a script of a page: anti-join with the rows of last time, whole records; no outcome of single records,"
        " no repetition of requests, and after a crash all since the last finished run again",
        deliver=_polars,
    ),
    Entry(
        name="dlt",
        how="custom destination, batches of 1,000; without a cursor column in the data all rows go out every time; no"
        " outcome of single records",
        deliver=_dlt,
    ),
    Entry(
        name="dlt with a cursor",
        how=f"the same where the data says itself, in a column `{UPDATED_AT}`, when each row was changed: whole"
        " records of those; whoever was deleted goes unnoticed",
        deliver=_dlt_with_cursor,
    ),
)
