"""Request bodies out of a plan, against orjson on dictionaries that are ready."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import orjson

from benchmarks import meter
from benchmarks.figures import Arguments, Result
from benchmarks.project import ACTIVATION
from penstock.destinations.contract import Limits
from penstock.operations.opening import open_activation_service
from penstock.operations.project import open_project
from penstock.plan.documents import read_plan_file
from penstock.plan.plan import Plan
from penstock.plan.shape import RecordShape
from penstock.runs.stream import Cut, stream_batches

READY_RECORDS = 200_000
"""So many records' dictionaries are held."""


def compare(arguments: Arguments) -> Result:
    """Measure both in turn, `rounds` times, in this one process; medians of CPU seconds for all records."""
    folder = Path(arguments["folder"])
    content = read_plan_file(Path(arguments["plan"]), folder)
    plan, path = content.plan, content.records
    if path is None:
        raise ValueError("the plan has no records")
    shape, limits = asyncio.run(_how_written(Path(arguments["project"]), plan))
    ready = [orjson.loads(b"[" + body[:-1] + b"]") for body in _bodies(plan, path, shape, limits, READY_RECORDS)]
    scale = plan.counts.sent / sum(map(len, ready))
    streamed, dumped, ratios, size = [], [], [], 0
    for _ in range(arguments["rounds"]):
        start = meter.read()
        size = sum(map(len, _bodies(plan, path, shape, limits)))
        middle = meter.read()
        for records in ready:
            orjson.dumps(records)
        streamed.append(middle.since(start).cpu)
        dumped.append(meter.read().since(middle).cpu * scale)
        ratios.append(streamed[-1] / dumped[-1])
    path.unlink()
    return {
        "records": plan.counts.sent,
        "bytes": size,
        "streamed": median(streamed),
        "dumped": median(dumped),
        "ratio": median(ratios),
    }


async def _how_written(root: Path, plan: Plan) -> tuple[RecordShape, Limits]:
    project = open_project(root)
    async with open_activation_service(project, project.activation(ACTIVATION)) as service:
        return service.shape([mapped.field for mapped in plan.slots]), service.limits


def _bodies(
    plan: Plan, path: Path, shape: RecordShape, limits: Limits, records: int | None = None
) -> Iterator[bytes | memoryview]:
    """Make bodies and keep none of them; of the first so many records only, if that is asked for."""
    cut = Cut(records=limits.records, body_bytes=limits.body_bytes)
    for batch in stream_batches(plan, path, lambda *_: shape, cut):
        yield batch.body
        if records is not None and batch.last + 1 >= records:
            return
