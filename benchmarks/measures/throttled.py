"""The pace at a destination that limits it: the emulator of Iterable, five bulk requests a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from benchmarks.children import run_step
from benchmarks.figures import Row, at_least, exactly, told
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import sandbox, sandbox_requests

ROWS = 60_000
"""Sixty requests, twelve seconds."""
REQUESTS_PER_SECOND = 5.0
TOO_MANY = 429
BULK_UPDATE = "/api/users/bulkUpdate"


def throttled(scenery: Scenery) -> Row:
    """Deliver for the first time at the permitted rate, and read when the requests came."""
    small = replace(scenery, rows=ROWS, folder=scenery.folder.with_name(str(ROWS)))
    project = small.folder / "throttled"
    with sandbox("iterable") as address:
        ProjectFile(source=small.source(0), base_url=address, requests_per_second=REQUESTS_PER_SECOND).write(project)
        report = run_step("product:run", {"project": str(project)})["report"]
        requests = [each for each in sandbox_requests(address) if each["path"] == BULK_UPDATE]
    times = sorted(datetime.fromisoformat(each["time"]) for each in requests)
    rate = (len(times) - 1) / (times[-1] - times[0]).total_seconds()
    return Row(
        name="throttled",
        what=f"first run against the sandbox, {REQUESTS_PER_SECOND:g} requests a second permitted",
        records=ROWS,
        unit="",
        figures=(
            at_least("rate / permitted", 100 * rate / REQUESTS_PER_SECOND, 95, "%"),
            exactly("answers 429", sum(each["status"] == TOO_MANY for each in requests), 0),
            exactly("records delivered", report["outcomes"]["delivered"], ROWS),
            told("requests a second", rate, ""),
        ),
    )
