"""Writing the journal from the event loop: in a thread, the writes of several batches in one commit."""

from __future__ import annotations

import asyncio
from types import TracebackType

from penstock.plan.outcomes import Delivery
from penstock.plan.shape import Batch
from penstock.runs.journal import Notes, RunStore

GATHER_SECONDS = 0.003
"""So long a note waits for those of other batches: a commit costs as much as a batch does."""


class Scribe:
    """Notes batches as they start and end; a note is durable when its coroutine returns.

    After a note failed (StorageError) every later one fails as well: nothing more may be sent.
    """

    def __init__(self, store: RunStore, run: str) -> None:
        self._store = store
        self._run = run
        self._started: list[Batch] = []
        self._handled: list[tuple[Batch, str]] = []
        self._ended: list[tuple[Batch, Delivery]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._failure: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Scribe:
        self._task = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def started(self, batch: Batch) -> None:
        """Note that a batch is about to be sent."""
        self._started.append(batch)
        await self._written()

    async def handled(self, batch: Batch, handle: str) -> None:
        """Note by what the answer to a batch can be collected."""
        self._handled.append((batch, handle))
        await self._written()

    async def ended(self, batch: Batch, delivery: Delivery) -> None:
        """Note what became of a batch."""
        self._ended.append((batch, delivery))
        await self._written()

    async def _written(self) -> None:
        if self._failure is not None:
            raise self._failure
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._wake.set()
        await future

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            notes = Notes(started=self._started, handled=self._handled, ended=self._ended)
            waiting = self._waiting
            self._started, self._handled, self._ended, self._waiting = [], [], [], []
            try:
                await asyncio.to_thread(self._store.record, self._run, notes)
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for the note
                self._failure = error
            for future in waiting:
                if future.done():
                    continue
                if self._failure is not None:
                    future.set_exception(self._failure)
                else:
                    future.set_result(None)
