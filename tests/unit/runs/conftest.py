"""Plans of the ledger's bench, to be streamed, journalled and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.ledger.bench import Attribute, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path, [Attribute("plan", "text"), Attribute("Plan", "other"), Attribute("size", "whole")])
    yield opened
    opened.close()
