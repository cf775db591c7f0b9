"""What is kept of a batch that was sent, so that its answer can be collected after this process died: its jobs."""

from __future__ import annotations

from collections.abc import Sequence
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


def write_handle(jobs: Sequence[HandledJob]) -> str:
    """Write the jobs of a batch, the latest last."""
    return orjson.dumps(
        [{"job": job.job_id, "kind": job.kind.value, "whole": job.whole, "numbers": job.numbers} for job in jobs]
    ).decode()


def read_handle(text: str) -> tuple[HandledJob, ...]:
    """Read what `write_handle` wrote."""
    return tuple(
        HandledJob(
            job_id=each["job"],
            kind=JobKind(each["kind"]),
            whole=each["whole"],
            numbers=None if each["numbers"] is None else tuple(each["numbers"]),
        )
        for each in orjson.loads(text)
    )
