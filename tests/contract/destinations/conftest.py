"""The stands: every destination with its emulator, for the suite that they all have to pass."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk, Stand
from tests.contract.destinations.stands.zendesk_stand import SPEED, ZendeskStand
from tests.emulator import Emulator, Zendesk, running_both, running_zendesk

QUICK = (
    "--speed", str(SPEED), "--set", "iterable.visibility_seconds=0", "--set", "iterable.rate_limits=off",
    "--set", "zendesk.job_seconds=8",
)  # fmt: skip


@pytest.fixture(scope="session")
def zendesk_process() -> Iterator[tuple[Zendesk, dict[str, Any]]]:
    with running_zendesk("--speed", str(SPEED)) as zendesk:
        yield zendesk, zendesk.call("GET", "/_sandbox/settings").json()


@pytest.fixture
def fresh_zendesk(zendesk_process: tuple[Zendesk, dict[str, Any]]) -> Zendesk:
    """An empty account without faults, with the settings that the sandbox starts with."""
    zendesk, settings = zendesk_process
    zendesk.begin(**settings)
    return zendesk


@pytest.fixture(scope="session")
def both_emulators() -> Iterator[tuple[Zendesk, Emulator]]:
    with running_both(*QUICK) as emulators:
        yield emulators


STANDS: dict[str, Callable[[Zendesk, Emulator], Stand]] = {
    "zendesk": lambda zendesk, _: ZendeskStand(zendesk),
    "iterable": lambda _, iterable: IterableStand(iterable),
}


@pytest.fixture(params=sorted(STANDS))
def stand(request: pytest.FixtureRequest, both_emulators: tuple[Zendesk, Emulator]) -> Stand:
    """Every destination in turn."""
    return STANDS[request.param](*both_emulators)


@pytest.fixture
def desk(tmp_path: Path, stand: Stand) -> Desk:
    """A project with 250 customers, every third without a city."""
    opened = Desk(tmp_path, stand)
    stand.write(tmp_path)
    opened.sql(
        "CREATE TABLE customers AS SELECT i AS id, 'user' || i || '@example.com' AS email, 'Name ' || i AS name,"
        " CASE WHEN i % 2 = 0 THEN 'free' ELSE 'pro' END AS plan,"
        " CASE WHEN i % 3 > 0 THEN 'City ' || i END AS city FROM range(1, 251) AS t(i)"
    )
    return opened
