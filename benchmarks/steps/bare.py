"""The unit of delivery: a bare aiohttp loop, each body made by `orjson.dumps` of ready dictionaries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import orjson

from benchmarks import meter
from benchmarks.data import customers_sql
from benchmarks.figures import Arguments, Result
from penstock.engine import open_engine

CONCURRENCY = 8
RECORDS_PER_REQUEST = 1_000
READY_REQUESTS = 50
"""So many requests' dictionaries are held, and used again and again."""


def deliver(arguments: Arguments) -> Result:
    """Send as many records as a run would, and measure no more than that."""
    ready = _ready()
    requests = -(-arguments["records"] // RECORDS_PER_REQUEST)
    reading = asyncio.run(_send(arguments["base_url"], ready, requests))
    return {"whole": reading.to_json(), "peak": meter.peak_megabytes(), "requests": requests}


def _ready() -> list[dict[str, Any]]:
    """Make dictionaries of the customers as they are sent: what is null is left out, dates are text."""
    connection = open_engine()
    cursor = connection.execute(
        f"SELECT * EXCLUDE (customer_id, tier) REPLACE (spent::DOUBLE AS spent, born_on::VARCHAR AS born_on,"
        f" strftime(seen_at, '%Y-%m-%d %H:%M:%S +00:00') AS seen_at)"
        f" FROM ({customers_sql(rows=READY_REQUESTS * RECORDS_PER_REQUEST, version=0)})"
    )
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    connection.close()
    users = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
    records = [{"email": user.pop("email"), "dataFields": user} for user in users]
    return [
        {"users": records[start : start + RECORDS_PER_REQUEST]}
        for start in range(0, len(records), RECORDS_PER_REQUEST)
    ]


async def _send(base_url: str, ready: list[dict[str, Any]], requests: int) -> meter.Reading:
    numbers = iter(range(requests))
    async with aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as client:
        before = meter.read()
        await asyncio.gather(*(_lane(client, base_url, ready, numbers) for _ in range(CONCURRENCY)))
        return meter.read().since(before)


async def _lane(
    client: aiohttp.ClientSession, base_url: str, ready: list[dict[str, Any]], numbers: Iterator[int]
) -> None:
    for number in numbers:
        body = orjson.dumps(ready[number % len(ready)])
        async with client.post(f"{base_url}/api/users/bulkUpdate", data=body) as response:
            orjson.loads(await response.read())
