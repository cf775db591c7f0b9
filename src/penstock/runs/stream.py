"""Batches of a plan, streamed from its file in flat memory.

A body is cut out of the buffers of Arrow columns; no record is looked at by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from penstock.engine import open_engine, state_errors
from penstock.errors import StorageError
from penstock.plan.bodies import record_sql
from penstock.plan.plan import Plan
from penstock.plan.records import records_sql
from penstock.plan.shape import Batch, RecordShape

MEMORY = "256MB"
"""A small limit keeps memory flat: DuckDB keeps pages up to it."""
THREADS = 1
"""More threads only cost more: what they make is put back into order and sent one batch after the other."""
WINDOW_RECORDS = 8192


def stream_batches(plan: Plan, path: Path, shape: RecordShape, *, records: int, body_bytes: int) -> Iterator[Batch]:
    """Yield the batches of a plan in order, each of at most `records` and `body_bytes` (but of one record at least).

    Raises StorageError if the plan's file is damaged: its records must come in ascending order and in full.
    """
    cutter = _Cutter(records=records, body_bytes=body_bytes)
    streamed, last = 0, -1
    for numbers, texts in _windows(plan, path, shape):
        if numbers[0] <= last:
            raise _damaged(path)
        streamed, last = streamed + len(numbers), numbers[-1]
        yield from cutter.feed(numbers, texts)
    yield from cutter.finish()
    if streamed != plan.counts.sent:
        raise _damaged(path)


def _windows(plan: Plan, path: Path, shape: RecordShape) -> Iterator[tuple[Sequence[int], pa.Array]]:
    query = f"SELECT seq, {record_sql(plan, shape)} AS body FROM {records_sql(path)} WHERE seq IS NOT NULL"
    with state_errors("read the plan"):
        connection = open_engine(memory=MEMORY, threads=THREADS, ordered=True, scratch=path.parent)
        try:
            for window in connection.sql(query).to_arrow_reader(WINDOW_RECORDS):
                if window.num_rows:
                    yield _numbers(window.column(0)), window.column(1)
        finally:
            connection.close()


def _numbers(column: pa.Array) -> Sequence[int]:
    numbers = memoryview(column.buffers()[1]).cast("q")[column.offset : column.offset + len(column)]
    first, last = numbers[0], numbers[-1]
    return range(first, last + 1) if last - first + 1 == len(numbers) else numbers.tolist()


def _damaged(path: Path) -> StorageError:
    return StorageError(
        f"The plan {path.name} is damaged: its records are not all there, or not in order.",
        fix="Run again; a new plan is made, and nothing unconfirmed is taken for delivered.",
        code="plan_damaged",
    )


class _Cutter:
    """Collects pieces of windows until a batch is full."""

    def __init__(self, *, records: int, body_bytes: int) -> None:
        self._records = records
        self._bytes = body_bytes
        self._pieces: list[memoryview] = []
        self._numbers: list[Sequence[int]] = []
        self._count = 0
        self._size = 0
        self._first = 0

    def feed(self, numbers: Sequence[int], texts: pa.Array) -> Iterator[Batch]:
        """Cut a window of records."""
        _, offsets_buffer, data = texts.buffers()
        offsets = memoryview(offsets_buffer).cast("i")[texts.offset : texts.offset + len(texts) + 1]
        text = memoryview(data)
        start = 0
        while start < len(texts):
            room = self._bytes - self._size
            end = bisect_right(offsets, offsets[start] + room, start + 1, len(texts) + 1) - 1
            end = min(end, start + self._records - self._count)
            if end <= start:
                if self._count:
                    yield self._batch()
                    continue
                end = start + 1
            self._pieces.append(text[offsets[start] : offsets[end]])
            self._numbers.append(numbers[start:end])
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
        batch = Batch(first=self._first, numbers=_joined(self._numbers), body=b"".join(self._pieces))
        self._first = batch.last + 1
        self._pieces, self._numbers, self._count, self._size = [], [], 0, 0
        return batch


def _joined(parts: list[Sequence[int]]) -> Sequence[int]:
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0][0], parts[-1][-1]
    if last - first + 1 == sum(map(len, parts)):
        return range(first, last + 1)
    return [number for part in parts for number in part]
