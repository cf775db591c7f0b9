"""An emulator of each kind, for all examples."""

from collections.abc import Iterator

import pytest

from tests.acceptance.machine.iterable_place import IterablePlace
from tests.acceptance.machine.zendesk_place import SPEED, ZendeskPlace
from tests.emulator import running, running_zendesk


@pytest.fixture(scope="module")
def iterable() -> Iterator[IterablePlace]:
    with running("--set", "iterable.visibility_seconds=0", "--set", "iterable.rate_limits=off") as emulator:
        yield IterablePlace(emulator, emulator.call("GET", "/_sandbox/settings", key=None).json())


@pytest.fixture(scope="module")
def zendesk() -> Iterator[ZendeskPlace]:
    with running_zendesk("--speed", str(SPEED), "--set", "zendesk.job_seconds=4") as emulator:
        yield ZendeskPlace(emulator, emulator.call("GET", "/_sandbox/settings").json())
