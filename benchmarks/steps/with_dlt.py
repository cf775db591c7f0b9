"""The same work by dlt: Parquet into a custom destination that posts batches of 1,000.

dlt finds out what is new by a cursor, a column of the data that grows with every change; without one it sends
everything at every run. Values have no place to be compared with: a custom destination is never read. After a crash
the batches that its state has noted are not sent again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ["DATA_WRITER__FILE_MAX_ITEMS"] = "50000"  # several files are loaded at once, one is not

import dlt
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.sources.helpers import requests

from benchmarks import meter
from benchmarks.figures import Arguments, Result

KEY, MATCH = "customer_id", "email"
RECORDS_PER_REQUEST = 1_000
ROWS_AT_ONCE = 50_000


def deliver(arguments: Arguments) -> Result:
    """Send the Parquet file `source`; with `cursor`, what is new by it since the last call with folder `state`."""
    before = meter.read()
    fields, cursor = arguments["fields"], arguments["cursor"]
    columns = [KEY, MATCH, *fields, *([cursor] if cursor else [])]
    customers = dlt.resource(_tables(arguments["source"], columns), name="customers", primary_key=KEY)
    if cursor:
        customers.apply_hints(incremental=dlt.sources.incremental(cursor))
    destination = dlt.destination(
        partial(_post, arguments["base_url"], fields),
        name="marketing",
        batch_size=RECORDS_PER_REQUEST,
        loader_file_format="parquet",
    )
    pipeline = dlt.pipeline("customers", destination=destination, pipelines_dir=arguments["state"])
    pipeline.run(customers).raise_on_failed_jobs()
    return {"whole": meter.read().since(before).to_json(), "peak": meter.peak_megabytes()}


def _tables(source: str, columns: list[str]) -> Iterator[pa.Table]:
    for batch in pq.ParquetFile(source).iter_batches(ROWS_AT_ONCE, columns=columns):
        yield pa.table({name: _plain(column) for name, column in zip(batch.schema.names, batch, strict=True)})


def _plain(column: Any) -> Any:
    """Numbers and days as they are sent."""
    if pa.types.is_decimal(column.type):
        return column.cast(pa.float64())
    if pa.types.is_date(column.type):
        return column.cast(pa.string())
    return column


def _post(base_url: str, fields: list[str], items: Any, table: Any) -> None:
    del table
    users = []
    for row in items.to_pylist():
        attributes = {name: row[name] for name in fields if row[name] is not None}
        users.append({MATCH: row[MATCH], "dataFields": attributes})
    body = orjson.dumps({"users": users}, default=_instant, option=orjson.OPT_PASSTHROUGH_DATETIME)
    response = requests.post(f"{base_url}/api/users/bulkUpdate", data=body)
    response.raise_for_status()
    if response.json()["failCount"]:
        raise RuntimeError("some records were refused")


def _instant(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S +00:00")
