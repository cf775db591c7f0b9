"""Ending a run on request: nothing more is sent, and the answers that are under way are waited for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from penstock.runs.delivery import Course


@contextmanager
def stopping(course: Course) -> Iterator[list[int]]:
    """Stop a delivery on Ctrl-C or a request to end; yields the signals that came."""
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        course.stop.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        yield received
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
