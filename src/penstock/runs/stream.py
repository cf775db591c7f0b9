"""Batches of a plan, streamed from its file in flat memory: a body is cut out of an Arrow buffer, record by record
only where it must be counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from penstock.engine import open_engine, state_errors
from penstock.errors import StorageError
from penstock.plan.bodies import record_sql
from penstock.plan.plan import Plan
from penstock.plan.shape import Batch, RecordShape
from penstock.quoting import quote_text

MEMORY = "256MB"
"""A small limit keeps memory flat: DuckDB keeps pages up to it."""
WINDOW_RECORDS = 8192


def stream_batches(plan: Plan, path: Path, shape: RecordShape, *, records: int, body_bytes: int) -> Iterator[Batch]:
    """Yield the batches of a plan in order, each of at most `records` and `body_bytes` (but of one record at least).

    Raises StorageError if the plan's file is damaged: its numbers must be contiguous.
    """
    cutter = _Cutter(records=records, body_bytes=body_bytes)
    for window in _windows(plan, path, shape):
        yield from cutter.feed(window)
    yield from cutter.finish()
    if cutter.next_number != plan.counts.sent + 1:
        raise _damaged(path)


def _windows(plan: Plan, path: Path, shape: RecordShape) -> Iterator[pa.Array]:
    query = f"SELECT seq, {record_sql(plan, shape)} AS body FROM read_parquet({quote_text(str(path))})"
    with state_errors("read the plan"):
        connection = open_engine(memory=MEMORY, ordered=True, scratch=path.parent)
        try:
            reader = connection.sql(f"{query} WHERE seq IS NOT NULL").to_arrow_reader(WINDOW_RECORDS)
            number = 1
            for window in reader:
                if not window.num_rows:
                    continue
                if (
                    window.column(0)[0].as_py() != number
                    or window.column(0)[-1].as_py() != number + window.num_rows - 1
                ):
                    raise _damaged(path)
                yield window.column(1)
                number += window.num_rows
        finally:
            connection.close()


def _damaged(path: Path) -> StorageError:
    return StorageError(
        f"The plan {path.name} is damaged: its records are not numbered one after the other.",
        fix="Run again; a new plan is made, and nothing unconfirmed is taken for delivered.",
        code="plan_damaged",
    )


class _Cutter:
    """Collects pieces of windows until a batch is full."""

    def __init__(self, *, records: int, body_bytes: int) -> None:
        self._records = records
        self._bytes = body_bytes
        self._pieces: list[memoryview] = []
        self._count = 0
        self._size = 0
        self.next_number = 1

    def feed(self, window: pa.Array) -> Iterator[Batch]:
        """Cut a window of texts."""
        _, offsets_buffer, data = window.buffers()
        offsets = memoryview(offsets_buffer).cast("i")[window.offset : window.offset + len(window) + 1]
        text = memoryview(data) if data is not None else memoryview(b"")
        start = 0
        while start < len(window):
            room = self._bytes - self._size
            end = bisect_right(offsets, offsets[start] + room, start + 1, len(window) + 1) - 1
            end = min(end, start + self._records - self._count)
            if end <= start:
                if self._count:
                    yield self._batch()
                    continue
                end = start + 1
            self._pieces.append(text[offsets[start] : offsets[end]])
            self._count += end - start
            self._size += offsets[end] - offsets[start]
            start = end
            if self._count >= self._records:
                yield self._batch()

    def finish(self) -> Iterator[Batch]:
        """Yield what is left."""
        if self._count:
            yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(first=self.next_number, count=self._count, body=b"".join(self._pieces))
        self.next_number += self._count
        self._pieces, self._count, self._size = [], 0, 0
        return batch
