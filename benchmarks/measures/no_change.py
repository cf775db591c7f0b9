"""A whole run in which nothing has changed."""

from __future__ import annotations

from statistics import median

from benchmarks.children import run_step
from benchmarks.figures import Row, at_most, exactly, told
from benchmarks.measures.profiles import show_profile
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import stub_counts

MEMORY = "600MB"
"""The engine keeps what it has read up to this limit, so that it decides about the peak."""


def no_change(scenery: Scenery) -> Row:
    """Run on unchanged data; reading the source counts as hashing its columns once."""
    project = scenery.delivered()
    results, writes = [], 0
    with scenery.stub() as address:
        ProjectFile(source=scenery.source(0), base_url=address, memory=MEMORY).write(project)
        for _ in range(scenery.rounds):
            arguments = {"project": str(project), "scan": True, "profile": scenery.profile}
            results.append(run_step("product:run", arguments))
            show_profile(results[-1])
        writes = stub_counts(address)["write"]
    beyond = median((r["whole"]["cpu"] - r["scan"]["desired_cpu"]) / r["scan"]["cpu"] for r in results)
    return Row(
        name="no-change",
        what=f"whole run, nothing changed, {MEMORY} limit",
        records=scenery.rows,
        unit=f"scan {median(r['scan']['cpu'] for r in results):.2f} CPU s",
        figures=(
            at_most("run beyond reading the source / scan", beyond, 3),
            told("run / scan", median(r["whole"]["cpu"] / r["scan"]["cpu"] for r in results), "×"),
            at_most("peak memory", median(r["peak"] for r in results), 800, "MB"),
            exactly("write requests", writes, 0),
            told("wall time", median(r["whole"]["wall"] for r in results), "s"),
        ),
    )
