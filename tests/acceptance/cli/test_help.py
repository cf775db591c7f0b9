from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from penstock import __version__
from tests.acceptance.cli.project import Project

COMMANDS = (
    "init",
    "check",
    "suggest",
    "segment",
    "plan",
    "run",
    "retry",
    "runs",
    "report",
    "history",
    "sandbox",
    "schema",
)


@pytest.fixture
def anywhere(tmp_path: Path) -> Project:
    return Project(folder=tmp_path, url="http://127.0.0.1:9", env={"COLUMNS": "80"})


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command: str, anywhere: Project, snapshot: SnapshotAssertion) -> None:
    result = anywhere.run(command, "--help")
    assert (result.code, result.err) == (0, "")
    assert "--project" in result.out
    assert "--json" in result.out
    assert result.out == snapshot


def test_version(anywhere: Project) -> None:
    assert anywhere.run("--version").out == f"penstock {__version__}\n"


def test_no_command_shows_the_help(anywhere: Project, snapshot: SnapshotAssertion) -> None:
    assert anywhere.run() == anywhere.run("--help")
    assert anywhere.run().out == snapshot
