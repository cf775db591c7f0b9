"""Request bodies out of a plan, against orjson on dictionaries that are ready."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

import orjson

from benchmarks import meter
from benchmarks.figures import Arguments, Result
from benchmarks.project import ACTIVATION
from penstock.destinations.contract import Limits
from penstock.operations.project import open_project
from penstock.operations.running import open_activation_service
from penstock.plan.documents import read_plan_file
from penstock.plan.plan import Plan
from penstock.plan.shape import RecordShape
from penstock.runs.stream import Cut, stream_batches


def compare(arguments: Arguments) -> Result:
    """Measure both in turn, `rounds` times, in this one process; medians of CPU seconds."""
    folder = Path(arguments["folder"])
    content = read_plan_file(Path(arguments["plan"]), folder)
    plan, path = content.plan, content.records
    if path is None:
        raise ValueError("the plan has no records")
    shape, limits = asyncio.run(_how_written(Path(arguments["project"]), plan))
    bodies = _stream(plan, path, shape, limits)
    ready = [orjson.loads(b"[" + body[:-1] + b"]") for body in bodies]
    streamed, dumped, ratios = [], [], []
    for _ in range(arguments["rounds"]):
        start = meter.read()
        _stream(plan, path, shape, limits)
        middle = meter.read()
        for records in ready:
            orjson.dumps(records)
        streamed.append(middle.since(start).cpu)
        dumped.append(meter.read().since(middle).cpu)
        ratios.append(streamed[-1] / dumped[-1])
    path.unlink()
    return {
        "records": plan.counts.sent,
        "bytes": sum(map(len, bodies)),
        "streamed": median(streamed),
        "dumped": median(dumped),
        "ratio": median(ratios),
    }


async def _how_written(root: Path, plan: Plan) -> tuple[RecordShape, Limits]:
    project = open_project(root)
    async with open_activation_service(project, project.activation(ACTIVATION)) as service:
        return service.shape([mapped.field for mapped in plan.slots]), service.limits


def _stream(plan: Plan, path: Path, shape: RecordShape, limits: Limits) -> list[bytes]:
    cut = Cut(records=limits.records, body_bytes=limits.body_bytes)
    batches = stream_batches(plan, path, lambda *_: shape, cut)
    return [batch.body for batch in batches]
