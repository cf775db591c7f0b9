"""An activation with three fields and a ledger of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.ledger.bench import Attribute, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path, [Attribute("plan", "text"), Attribute("score", "number"), Attribute("size", "whole")])
    yield opened
    opened.close()
