"""What several tests of the documentation look at."""

import pytest

from tests.docs.made import made_blocks


@pytest.fixture(scope="session")
def made() -> dict[str, str]:
    """Every made part, made once."""
    return made_blocks()
