"""What the paths of update mode share: how many records there are, and watching the requests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from benchmarks.scenery import Scenery
from benchmarks.servers import sandbox_requests

FEW, MANY = 10, 100_000


def of_size(scenery: Scenery, rows: int) -> Scenery:
    """Return the scenery with another number of customers."""
    return replace(scenery, rows=rows, folder=scenery.folder.with_name(str(rows)))


@contextmanager
def watched(address: str) -> Iterator[list[dict[str, Any]]]:
    """Give, once the block has ended, the requests that were made in it."""
    before = len(sandbox_requests(address))
    requests: list[dict[str, Any]] = []
    yield requests
    requests += sandbox_requests(address)[before:]
