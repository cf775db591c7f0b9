"""How much chaos: the short form by default, the long one by `make chaos`. A life's seed is its name."""

import os
from collections.abc import Iterator

import pytest

from tests.chaos.tally import HITS, TOLD, table
from tests.contract.destinations.conftest import QUICK
from tests.emulator import Emulator, Zendesk, running_both

LIVES, SEED = "CHAOS_LIVES", "CHAOS_SEED"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A life for each number; its seed is its name."""
    if "life" in metafunc.fixturenames:
        lives, seed = int(os.environ.get(LIVES, "4")), int(os.environ.get(SEED, "4"))
        metafunc.parametrize("life", range(lives), ids=[f"seed{seed}-{number}" for number in range(lives)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell where the kills hit."""
    for title, lines in (("kills", table() if HITS else []), ("injuries", TOLD if LIVES in os.environ else [])):
        if lines:
            terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def emulators() -> Iterator[tuple[Zendesk, Emulator]]:
    with running_both(*QUICK) as both:
        yield both
