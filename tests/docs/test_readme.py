"""The first project of README.md works as written."""

import re
from pathlib import Path

from tests.docs.blocks import ROOT
from tests.docs.consoles import Console, marked_commands
from tests.emulator import Emulator, running

NAME = "first project"


def _writes(emulator: Emulator) -> int:
    return len(emulator.writes())


def test_the_first_project_works_as_written(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = marked_commands(text, NAME)
    assert len(re.findall(f"<!-- test: {NAME} -->", text)) == 3
    with running() as emulator:
        console = Console(tmp_path, emulator.url.rpartition(":")[2])
        writes: list[int] = []
        for command in commands:
            before = _writes(emulator)
            printed = console.type(command)
            assert printed.exit_code == 0, f"$ {command}\n{printed.output}{printed.errors}"
            if command.startswith("penstock run "):
                writes.append(_writes(emulator) - before)
        assert writes == [1, 0, 1]
        _one_attribute_went_out(emulator)


def _one_attribute_went_out(emulator: Emulator) -> None:
    last = emulator.writes()[-1]["users"]
    assert last
    assert all(set(user["dataFields"]) == {"plan"} for user in last)
