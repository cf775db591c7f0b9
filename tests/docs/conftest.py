"""What several tests of the documentation look at."""

from collections.abc import Iterator

import pytest

from tests.docs.made import made_blocks
from tests.emulator import Zendesk, running_zendesk


@pytest.fixture(scope="session")
def made() -> dict[str, str]:
    """Every made part, made once."""
    return made_blocks()


@pytest.fixture(scope="session")
def zendesk() -> Iterator[Zendesk]:
    """Zendesk's emulator."""
    with running_zendesk() as running:
        yield running
