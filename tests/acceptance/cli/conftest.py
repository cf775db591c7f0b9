import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from penstock.cli.command_line import run
from tests.acceptance.cli.project import Project, Result
from tests.emulator import Emulator


@pytest.fixture
def project(tmp_path: Path, emulator: Emulator) -> Project:
    """Three people, sent to an emulator of Iterable."""
    return Project(folder=tmp_path / "project", url=emulator.url)


@pytest.fixture
def offline(tmp_path: Path) -> Project:
    """The same people and nothing that listens."""
    return Project(folder=tmp_path / "project", url="http://127.0.0.1:9")


@pytest.fixture
def inside(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Result]]:
    """Gives commands without a process for each: a tenth of the time, for what is many or only looks."""
    monkeypatch.chdir(project.folder)
    for name, value in project.environment().items():
        monkeypatch.setenv(name, value)

    def give(*arguments: str) -> Result:
        capfd.readouterr()
        code = run(list(arguments))
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return Result(code=code, out=said.out, err=said.err)

    umask = os.umask(0o022)
    yield give
    # A command that writes state keeps it from others for as long as its process lives.
    os.umask(umask)
