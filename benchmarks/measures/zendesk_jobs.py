"""Zendesk's jobs kept busy: the emulator's limits and delays, time sped up, every user changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.children import API_KEY, run_step
from benchmarks.figures import Figure, Row, at_least, exactly, told
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import sandbox, sandbox_requests, set_switches

ROWS = 100_000
SPEED = 5
"""How much faster time runs, in the emulator and for the client."""
JOB_SECONDS = 12.0
JOBS_IN_FLIGHT = 30
REQUESTS_PER_MINUTE = 700
USERS_PER_JOB = 100
TOO_MANY = 429
UPDATE_MANY = "/api/v2/users/update_many"


def zendesk_jobs(scenery: Scenery) -> Row:
    """Deliver everybody without limits, then change everybody under Zendesk's, and read when the jobs were queued."""
    small = replace(scenery, rows=ROWS, folder=scenery.folder.with_name(str(ROWS)))
    project = small.folder / "zendesk"
    with sandbox("zendesk", "--speed", str(SPEED)) as address:
        set_switches(address, requests_per_minute="off", job_seconds=0)
        _run(project, small.source(0), address, requests_per_minute=100_000)
        set_switches(address, requests_per_minute=REQUESTS_PER_MINUTE, job_seconds=JOB_SECONDS)
        before = len(sandbox_requests(address))
        report = _run(project, small.all_changed(), address)
        requests = sandbox_requests(address)[before:]
    return Row(
        name="zendesk-jobs",
        what=f"{ROWS:,} changed users, {JOBS_IN_FLIGHT} jobs in flight, {JOB_SECONDS:g} s a job,"
        f" {REQUESTS_PER_MINUTE} requests a minute, time {SPEED} × faster",
        records=ROWS,
        unit="",
        figures=_figures(report, requests),
    )


def _figures(report: Any, requests: Sequence[Any]) -> tuple[Figure, ...]:
    writes = [each for each in requests if each["path"] == UPDATE_MANY]
    polls = [each for each in requests if "job_statuses" in each["path"]]
    jobs = -(-ROWS // USERS_PER_JOB)
    ideal = jobs * JOB_SECONDS / JOBS_IN_FLIGHT
    taken = (_time(polls[-1]) - _time(writes[0])).total_seconds() * SPEED
    return (
        at_least("ideal schedule / taken", 100 * ideal / taken, 90, "%"),
        exactly("answers 429", sum(each["status"] == TOO_MANY for each in requests), 0),
        exactly("users delivered", report["outcomes"]["delivered"], ROWS),
        exactly("write requests", len(writes), jobs),
        told("seconds taken, in Zendesk's time", taken, "s"),
        told("polls a minute, in Zendesk's time", 60 * len(polls) / taken, ""),
        told("requests a minute, in Zendesk's time", 60 * len(requests) / taken, ""),
    )


def _run(project: Path, source: Path, address: str, **settings: object) -> Any:
    ProjectFile(
        source=source,
        base_url=address,
        fields={"name": "full_name"},
        custom_attributes=("city", "points", "score"),
        destination={
            "type": "zendesk",
            "base_url": address,
            "speed": SPEED,
            "auth": {"type": "oauth", "token": f"${{{API_KEY}}}"},
            **settings,
        },
    ).write(project)
    return run_step("product:run", {"project": str(project), "allow": ["changed"]})["report"]


def _time(request: Any) -> datetime:
    return datetime.fromisoformat(request["time"])
