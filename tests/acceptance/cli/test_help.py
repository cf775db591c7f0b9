from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from penstock import __version__
from tests.acceptance.cli.project import Project

COMMANDS = ("init", "check", "segment", "plan", "run", "runs", "report", "history", "sandbox", "schema")


@pytest.fixture
def anywhere(tmp_path: Path) -> Project:
    return Project(folder=tmp_path, url="http://127.0.0.1:9", env={"COLUMNS": "80"})


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, anywhere: Project, snapshot: SnapshotAssertion) -> None:
    result = anywhere.run(*([command] if command else []), "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out == snapshot


def test_every_command_but_the_help_of_all_takes_project_and_json(anywhere: Project) -> None:
    for command in COMMANDS:
        out = anywhere.run(command, "--help").out
        assert "--project" in out, command
        assert "--json" in out, command


def test_version(anywhere: Project) -> None:
    assert anywhere.run("--version").out == f"penstock {__version__}\n"


def test_no_command_shows_the_help(anywhere: Project) -> None:
    assert "Commands:" in anywhere.run().out
