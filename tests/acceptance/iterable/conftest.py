from pathlib import Path

import pytest

from tests.acceptance.iterable.stock import Stock
from tests.emulator import Emulator


@pytest.fixture
def stock(tmp_path: Path, emulator: Emulator) -> Stock:
    """Ten customers in an e-mail-based project, matched on address."""
    return made(Stock(folder=tmp_path, emulator=emulator))


@pytest.fixture(
    params=[
        ("email", "email"),
        ("email", "user_id"),
        ("user_id", "user_id"),
        ("hybrid", "email"),
        ("hybrid", "user_id"),
    ],
    ids="-".join,
)
def any_stock(request: pytest.FixtureRequest, tmp_path: Path, emulator: Emulator) -> Stock:
    """Ten customers in a project of each type, with each match key."""
    project_type, match_key = request.param
    emulator.settings(project_type=project_type)
    return made(Stock(folder=tmp_path, emulator=emulator, project_type=project_type, match_key=match_key))


def made(stock: Stock) -> Stock:
    stock.stock(10)
    return stock
