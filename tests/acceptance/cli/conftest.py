from pathlib import Path

import pytest

from tests.acceptance.cli.project import Project
from tests.emulator import Emulator


@pytest.fixture
def project(tmp_path: Path, emulator: Emulator) -> Project:
    """Three people, sent to an emulator of Iterable."""
    return Project(folder=tmp_path / "project", url=emulator.url)


@pytest.fixture
def offline(tmp_path: Path) -> Project:
    """The same people and nothing that listens."""
    return Project(folder=tmp_path / "project", url="http://127.0.0.1:9")
