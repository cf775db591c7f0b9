from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.destinations.iterable_process import Emulator, running


@pytest.fixture(scope="session")
def iterable_process() -> Iterator[tuple[Emulator, dict[str, Any]]]:
    with running("iterable.visibility_seconds=0", "iterable.rate_limits=off") as emulator:
        yield emulator, emulator.get("/_sandbox/settings")


@pytest.fixture
def iterable(iterable_process: tuple[Emulator, dict[str, Any]]) -> Emulator:
    """A fresh project that shows writes at once and has no rate limits."""
    process, settings = iterable_process
    process.settings(**settings)
    process.control("reset", {})
    return process
