from pathlib import Path

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator


@pytest.fixture
def shop(tmp_path: Path, emulator: Emulator) -> Shop:
    """2,500 customers with a name, a city and a plan, all mapped."""
    shop = Shop(folder=tmp_path, url=emulator.url)
    shop.sql(
        "CREATE TABLE customers AS SELECT i AS id, 'user' || i || '@example.com' AS email, 'Name ' || i AS name,"
        " CASE WHEN i % 3 = 0 THEN NULL ELSE 'City ' || i % 7 END AS city, 'free' AS plan FROM range(1, 2501) AS t(i)"
    )
    shop.map(name="name", city="city", plan="plan")
    return shop
