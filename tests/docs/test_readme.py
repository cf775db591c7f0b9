"""The first project of README.md works as written."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.docs.blocks import ROOT
from tests.docs.consoles import QuickConsole, marked_commands
from tests.docs.tour import ITERABLE, ZENDESK
from tests.emulator import Emulator, Zendesk, running_both

NAME = "first project"


def _writes(emulators: tuple[Zendesk, Emulator]) -> list[Any]:
    """What has changed either emulator, in the order of time."""
    lines = [line for emulator in emulators for line in emulator.lines("requests?bodies=1")]
    return sorted((line for line in lines if line["method"] != "GET"), key=lambda line: str(line["time"]))


def test_the_first_project_works_as_written(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = marked_commands(text, NAME)
    assert len(re.findall(f"<!-- test: {NAME} -->", text)) == 3
    with running_both("--set", "zendesk.job_seconds=0.1") as emulators:
        console = QuickConsole(tmp_path, {ZENDESK: emulators[0].url, ITERABLE: emulators[1].url})
        writes: list[Sequence[Any]] = []
        for command in commands:
            before = len(_writes(emulators))
            printed = console.type(command)
            assert printed.exit_code == 0, f"$ {command}\n{printed.output}{printed.errors}"
            if command.startswith("penstock run "):
                writes.append(_writes(emulators)[before:])
        two_user_fields_and_the_people = 3
        assert [len(each) for each in writes] == [two_user_fields_and_the_people, 1, 0, 1, 1]
        _one_attribute_went_out(writes[-2][0], writes[-1][0])


def _one_attribute_went_out(to_zendesk: Any, to_iterable: Any) -> None:
    (user,) = json.loads(to_zendesk["body"])["users"]
    assert user == {"id": user["id"], "user_fields": {"plan": "team"}}
    (user,) = json.loads(to_iterable["body"])["users"]
    assert user["dataFields"] == {"plan": "team"}
