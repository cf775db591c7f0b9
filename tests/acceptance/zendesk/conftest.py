"""One emulator of Zendesk for all tests here, reset for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.zendesk.helpdesk import Helpdesk, opened
from tests.contract.destinations.stands.zendesk_stand import SPEED
from tests.emulator import Zendesk, running_zendesk


@pytest.fixture(scope="session")
def fast_zendesk() -> Iterator[tuple[Zendesk, dict[str, object]]]:
    with running_zendesk("--speed", str(SPEED), "--set", "zendesk.job_seconds=8") as emulator:
        yield emulator, emulator.call("GET", "/_sandbox/settings").json()


@pytest.fixture
def helpdesk(tmp_path: Path, fast_zendesk: tuple[Zendesk, dict[str, object]]) -> Helpdesk:
    emulator, settings = fast_zendesk
    emulator.settings(**settings)
    return opened(tmp_path, emulator)
