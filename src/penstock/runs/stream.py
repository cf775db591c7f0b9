"""Batches of a plan, streamed from its file in flat memory.

A body is cut out of the buffers of Arrow columns; no record is looked at by itself.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from penstock.engine import open_engine
from penstock.plan.bodies import record_sql, uncounted_sql, with_whole_sql
from penstock.plan.plan import Plan
from penstock.plan.records import damaged_records, records_errors, records_sql
from penstock.plan.routes import ROUTES, Route, route_of
from penstock.plan.shape import Action, Addressing, Batch, RecordShape

MEMORY = "256MB"
"""A small limit keeps memory flat: DuckDB keeps pages up to it."""
THREADS = 1
"""More threads only cost more: what they make is put back into order and sent one batch after the other."""
WINDOW_RECORDS = 8192

Shapes = Callable[[Addressing, Action], RecordShape]
"""How a record is written, by how it is addressed and what is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a plan is cut into batches: at most so many records and bytes (but one record at least), `whole` or not."""

    records: int
    body_bytes: int
    whole: bool = False


def stream_batches(plan: Plan, path: Path, shapes: Shapes, cut: Cut) -> Iterator[Batch]:
    """Yield the batches of a plan in order, one route after the other.

    Raises StorageError if the plan's file is damaged: its records must come in ascending order and in full.
    """
    streamed = 0
    for route in _routes(path):
        for batch in _stream_route(plan, path, shapes, cut, route):
            streamed += batch.count
            yield batch
    if streamed != plan.counts.sent:
        raise damaged_records(path)


def read_batch(plan: Plan, path: Path, shapes: Shapes, *, first: int, last: int, whole: bool) -> Batch:
    """Read one batch again, by its range. Raises StorageError if it is empty."""
    route = route_of(last)
    cut = Cut(records=last - first + 1, body_bytes=sys.maxsize, whole=whole)
    batches = list(_stream_route(plan, path, shapes, cut, route, within=(first, last)))
    if len(batches) != 1:
        raise damaged_records(path)
    return replace(batches[0], first=first)


def _stream_route(
    plan: Plan, path: Path, shapes: Shapes, cut: Cut, route: Route, within: tuple[int, int] | None = None
) -> Iterator[Batch]:
    cutter = _Cutter(cut, route)
    last = -1
    for numbers, texts, wholes in _windows(plan, path, shapes, cut, route, within):
        if numbers[0] <= last:
            raise damaged_records(path)
        last = numbers[-1]
        yield from cutter.feed(numbers, texts, wholes)
    yield from cutter.finish()


def _routes(path: Path) -> tuple[Route, ...]:
    """The routes that a plan's records take."""
    with records_errors(path):
        connection = open_engine(memory=MEMORY, threads=THREADS, scratch=path.parent)
        try:
            rows = connection.execute(
                f"SELECT DISTINCT route FROM {records_sql(path)} WHERE seq IS NOT NULL"
            ).fetchall()
        finally:
            connection.close()
    taken = {code for (code,) in rows}
    return tuple(route for route in ROUTES if route.code in taken)


def _windows(
    plan: Plan, path: Path, shapes: Shapes, cut: Cut, route: Route, within: tuple[int, int] | None
) -> Iterator[tuple[Sequence[int], pa.Array, pa.Array | None]]:
    rows = f"(FROM {records_sql(path)} WHERE seq IS NOT NULL AND route = {route.code}"
    rows += f" AND seq BETWEEN {within[0]} AND {within[1]})" if within else ")"
    shape = shapes(route.addressing, route.action)
    if cut.whole and route.addressing is Addressing.REMOTE_ID and route.action.creates:
        query = with_whole_sql(plan, rows, shape, shapes(Addressing.MATCH, Action.WRITE))
    else:
        query = f"SELECT seq, {record_sql(plan, shape)} AS body FROM {rows}"
    with records_errors(path):
        connection = open_engine(memory=MEMORY, threads=THREADS, ordered=True, scratch=path.parent)
        try:
            if connection.execute(f"SELECT 1 FROM {rows} WHERE {uncounted_sql(plan)} LIMIT 1").fetchone():
                raise damaged_records(path)
            for window in connection.sql(query).to_arrow_reader(WINDOW_RECORDS):
                if window.num_rows:
                    wholes = window.column(2) if window.num_columns > 2 else None
                    yield _numbers(window.column(0)), window.column(1), wholes
        finally:
            connection.close()


def _numbers(column: pa.Array) -> Sequence[int]:
    numbers = memoryview(column.buffers()[1]).cast("q")[column.offset : column.offset + len(column)]
    first, last = numbers[0], numbers[-1]
    return range(first, last + 1) if last - first + 1 == len(numbers) else numbers.tolist()


class _Cutter:
    """Collects pieces of windows until a batch is full."""

    def __init__(self, cut: Cut, route: Route) -> None:
        self._cut = cut
        self._route = route
        self._pieces: list[memoryview] = []
        self._wholes: list[memoryview] = []
        self._numbers: list[Sequence[int]] = []
        self._count = 0
        self._size = 0
        self._first = route.first

    def feed(self, numbers: Sequence[int], texts: pa.Array, wholes: pa.Array | None) -> Iterator[Batch]:
        """Cut a window of records."""
        offsets, text = _buffers(texts)
        whole_offsets, whole = _buffers(wholes) if wholes is not None else (None, memoryview(b""))
        start = 0
        while start < len(texts):
            room = self._cut.body_bytes - self._size
            end = bisect_right(offsets, offsets[start] + room, start + 1, len(texts) + 1) - 1
            end = min(end, start + self._cut.records - self._count)
            if end <= start:
                if self._count:
                    yield self._batch()
                    continue
                end = start + 1
            self._pieces.append(text[offsets[start] : offsets[end]])
            if whole_offsets is not None:
                self._wholes.append(whole[whole_offsets[start] : whole_offsets[end]])
            self._numbers.append(numbers[start:end])
            self._count += end - start
            self._size += offsets[end] - offsets[start]
            start = end
            if self._count >= self._cut.records:
                yield self._batch()

    def finish(self) -> Iterator[Batch]:
        """Yield what is left."""
        if self._count:
            yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(
            first=self._first,
            numbers=_joined(self._numbers),
            body=self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces),
            addressing=self._route.addressing,
            action=self._route.action,
            in_doubt=self._route.in_doubt,
            whole=b"".join(self._wholes),
        )
        self._first = batch.last + 1
        self._pieces, self._wholes, self._numbers, self._count, self._size = [], [], [], 0, 0
        return batch


def _buffers(texts: pa.Array) -> tuple[memoryview, memoryview]:
    """Offsets and bytes of a column of texts."""
    _, offsets, data = texts.buffers()
    return memoryview(offsets).cast("i")[texts.offset : texts.offset + len(texts) + 1], memoryview(data).cast("B")


def _joined(parts: list[Sequence[int]]) -> Sequence[int]:
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0][0], parts[-1][-1]
    if last - first + 1 == sum(map(len, parts)):
        return range(first, last + 1)
    return [number for part in parts for number in part]
