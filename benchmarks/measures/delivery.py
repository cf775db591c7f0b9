"""The first delivery of everybody to a destination that answers at once."""

from __future__ import annotations

from statistics import median

from benchmarks.children import run_step, two_cores
from benchmarks.figures import Result, Row, at_most, exactly, told
from benchmarks.measures.profiles import show_profile
from benchmarks.scenery import FIRST_RUN_MEMORY, FIRST_RUN_THREADS, Scenery
from benchmarks.servers import stub_counts

MILLION = 1_000_000
PEAK_LIMIT_MEGABYTES, PEAK_LIMIT_LARGE_MEGABYTES = 300, 450
"""Up to a million records, and above."""


def first_delivery(scenery: Scenery) -> Row:
    """Run from a clean state, and beside it the bare loop, client and server on a core each."""
    cores, _ = two_cores()
    runs, bares = [], []
    with scenery.stub() as address:
        for _ in range(scenery.rounds):
            runs.append(scenery.first_run(address, scenery.project))
            show_profile(runs[-1])
            bares.append(run_step("bare:deliver", {"base_url": address, "records": scenery.rows}, cores=cores))
            counts = stub_counts(address, reset=True)
    pairs = list(zip(runs, bares, strict=True))
    whole = median(run["whole"]["wall"] for run in runs)
    return Row(
        name="first-delivery",
        what=f"first run to a zero-latency endpoint, {FIRST_RUN_MEMORY} limit, threads: {FIRST_RUN_THREADS}",
        records=scenery.rows,
        unit=f"bare loop + orjson.dumps {median(bare['whole']['cpu'] for bare in bares):.2f} CPU s",
        figures=(
            at_most(
                "sending / bare",
                median(run["stages"]["send"]["cpu"] / bare["whole"]["cpu"] for run, bare in pairs),
                3,
            ),
            at_most("whole run / bare", median(run["whole"]["cpu"] / bare["whole"]["cpu"] for run, bare in pairs), 7),
            told("planning / bare", median(_planning(run) / bare["whole"]["cpu"] for run, bare in pairs), "×"),
            told(
                "folding / bare",
                median(run["stages"]["fold"]["cpu"] / bare["whole"]["cpu"] for run, bare in pairs),
                "×",
            ),
            at_most(
                "peak memory",
                median(run["peak"] for run in runs),
                PEAK_LIMIT_MEGABYTES if scenery.rows <= MILLION else PEAK_LIMIT_LARGE_MEGABYTES,
                "MB",
            ),
            told("CPU time", median(run["whole"]["cpu"] for run in runs), "s"),
            told("wall time", whole, "s"),
            told("records a second", scenery.rows / whole, ""),
            exactly("records received in the last round", counts["records"], _received(scenery.rows)),
        ),
    )


def _planning(run: Result) -> float:
    stages = run["stages"]
    return float(sum(stages[name]["cpu"] for name in ("open", "check", "read", "compare")))


def _received(rows: int) -> int:
    """The run's records and those of the bare loop, whose last request is full."""
    return rows + -(-rows // 1000) * 1000
