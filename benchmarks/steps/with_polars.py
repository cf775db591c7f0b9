"""The same work as a script that somebody writes by hand with polars, as briefly as it can be done well.

What differs from the rows of last time goes out, then today's rows are kept. Records go out whole, with null where a
value is missing. What the script does not do: tell what became of a record, go on after a refusal, a 429 or a crash
(everything since the last finished run goes out again), or see that an answer was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import polars as pl

from benchmarks import meter
from benchmarks.figures import Arguments, Result

KEY, MATCH = "customer_id", "email"
CONCURRENCY = 8
RECORDS_PER_REQUEST = 1_000


def deliver(arguments: Arguments) -> Result:
    """Send what has changed in the Parquet file `source` since the last call with this folder `state`."""
    before = meter.read()
    kept = Path(arguments["state"]) / "sent.parquet"
    rows = pl.read_parquet(arguments["source"], columns=[KEY, MATCH, *arguments["fields"]])
    changed = rows
    if kept.exists():
        changed = rows.join(pl.read_parquet(kept), on=rows.columns, how="anti", nulls_equal=True)
    asyncio.run(_send(arguments["base_url"], _bodies(_texts(changed, arguments["fields"]))))
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(".partial")
    rows.write_parquet(partial)
    partial.replace(kept)
    return {"whole": meter.read().since(before).to_json(), "peak": meter.peak_megabytes()}


def _texts(rows: Any, fields: list[str]) -> Any:
    """Each row as JSON."""
    written = rows.select(
        pl.struct(MATCH, pl.struct([_written(rows, name) for name in fields]).alias("dataFields")).alias("record")
    )
    return written["record"].struct.json_encode()


def _written(rows: Any, name: str) -> Any:
    kind, column = rows.schema[name], pl.col(name)
    if kind == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S +00:00")
    return column.cast(pl.Float64) if isinstance(kind, pl.Decimal) else column


def _bodies(texts: Any) -> Iterator[bytes]:
    for start in range(0, len(texts), RECORDS_PER_REQUEST):
        yield f'{{"users":[{",".join(texts[start : start + RECORDS_PER_REQUEST])}]}}'.encode()


async def _send(base_url: str, bodies: Iterator[bytes]) -> None:
    headers = {"Content-Type": "application/json", "Api-Key": "0123456789abcdef0123456789abcdef"}
    async with (
        aiohttp.ClientSession(base_url, headers=headers, raise_for_status=True) as client,
        asyncio.TaskGroup() as g,
    ):
        for _ in range(CONCURRENCY):
            g.create_task(_lane(client, bodies))


async def _lane(client: aiohttp.ClientSession, bodies: Iterator[bytes]) -> None:
    for body in bodies:
        async with client.post("/api/users/bulkUpdate", data=body) as response:
            if orjson.loads(await response.read())["failCount"]:
                raise RuntimeError("some records were refused")
