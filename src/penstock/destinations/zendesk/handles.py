"""What is kept of a batch that was sent, so that its answer can be collected after this process died.

Its jobs, and what their results do not tell again: the fields that Zendesk said it drops.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from penstock.destinations.zendesk.job_status import JobKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledJob:
    """A job and the numbers of its records, None for all of the batch.

    `whole`: its records were sent as the batch's `whole` has them.
    """

    job_id: str
    kind: JobKind
    whole: bool = False
    numbers: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """The jobs of a batch, the latest last, and the names of the fields that were ignored."""

    jobs: tuple[HandledJob, ...]
    ignored: tuple[str, ...] = ()


def write_handle(handle: Handle) -> str:
    """Write it as JSON."""
    jobs = [
        {"job": job.job_id, "kind": job.kind.value, "whole": job.whole, "numbers": job.numbers} for job in handle.jobs
    ]
    return orjson.dumps({"jobs": jobs, "ignored": handle.ignored}).decode()


def read_handle(text: str) -> Handle:
    """Read what `write_handle` wrote."""
    kept = orjson.loads(text)
    jobs = tuple(
        HandledJob(
            job_id=each["job"],
            kind=JobKind(each["kind"]),
            whole=each["whole"],
            numbers=None if each["numbers"] is None else tuple(each["numbers"]),
        )
        for each in kept["jobs"]
    )
    return Handle(jobs=jobs, ignored=tuple(kept["ignored"]))
