"""An emulated Zendesk account without limits and with quick jobs, for every test here."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator import Zendesk, running_zendesk

UNLIMITED = (
    "zendesk.requests_per_minute=off",
    "zendesk.user_updates_per_minute=off",
    "zendesk.write_per_second=off",
    "zendesk.job_seconds=0",
)


@pytest.fixture(scope="session")
def zendesk_process() -> Iterator[tuple[Zendesk, dict[str, Any]]]:
    arguments = [word for setting in UNLIMITED for word in ("--set", setting)]
    with running_zendesk(*arguments) as zendesk:
        yield zendesk, zendesk.call("GET", "/_sandbox/settings").json()


@pytest.fixture
def zendesk(zendesk_process: tuple[Zendesk, dict[str, Any]]) -> Zendesk:
    """A fresh account."""
    process, settings = zendesk_process
    process.settings(**settings)
    process.reset()
    return process
