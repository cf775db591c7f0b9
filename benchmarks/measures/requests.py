"""How many write requests a run makes."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.children import run_step
from benchmarks.figures import Figure, Row, exactly
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import stub_counts

MOST_ROWS = 123_456
RECORDS_PER_REQUEST = 1_000
RUNS = (("first run", 0), ("2 % changed", 1), ("nothing changed", 1))


def write_requests(scenery: Scenery) -> Row:
    """Run three times and count at the destination."""
    rows = min(scenery.rows, MOST_ROWS)
    small = replace(scenery, rows=rows, folder=scenery.folder.with_name(str(rows)))
    project = small.folder / "requests"
    figures: list[Figure] = []
    with small.stub() as address:
        small.first_run(address, project)
        for what, version in RUNS:
            if version:
                ProjectFile(source=small.source(version), base_url=address).write(project)
                report = run_step("product:run", {"project": str(project)})["report"]
                changed = report["planned"]["create"] + report["planned"]["update"]
            else:
                changed = rows
            counts = stub_counts(address, reset=True)
            figures.append(exactly(f"{what}: records received", counts["records"], changed))
            figures.append(exactly(f"{what}: write requests", counts["write"], -(-changed // RECORDS_PER_REQUEST)))
    return Row(name="write-requests", what="requests counted there", records=rows, unit="", figures=tuple(figures))
