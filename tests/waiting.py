"""Waiting for something to happen, never for a time: a slow machine only makes it later."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 60.0


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
