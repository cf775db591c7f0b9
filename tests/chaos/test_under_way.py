"""What befalls the state folder in the middle of a run: said in one sentence, made good by the step that it names."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.chaos.conftest import LIVES
from tests.chaos.frozen import ALLOWED
from tests.chaos.injuries import INJURIES
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.test_disk import disk
from tests.chaos.test_injuries import FILES, assert_said_well, follow
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Stand
from tests.contract.destinations.stands.zendesk_stand import ZendeskStand
from tests.emulator import Emulator, Zendesk

MOMENTS = {
    "planning": "penstock.operations.running.compare",
    "keeping": "penstock.operations.running.keep_plan",
    "sending": "penstock.operations.running.deliver_plan",
    "folding": "penstock.runs.closing._fold",
    "closing": "penstock.runs.closing.find",
}
"""What a run calls as each of its stages begins."""
SHARED = {"directory": "directories", "pace memory": "paces", "turn": "queues"}
"""Files that several activations share, by the folder they lie in."""
KINDS = ("cut", "garbled", "empty", "removed")
OWN = ("ledger", "store", "records", "plan", "identity", "shapes")
SHORT = {
    ("sending", "records", "removed"),
    ("folding", "ledger", "cut"),
    ("closing", "plan", "garbled"),
    ("planning", "directory", "garbled"),
    ("sending", "turn", "cut"),
    ("folding", "directory", "cut"),
}
ALL = [(moment, file, kind) for moment in MOMENTS for file in (*OWN, *SHARED) for kind in KINDS]
NUMBER = 350


@contextmanager
def befalling(moment: str, what: Callable[[], None]) -> Iterator[None]:
    """Let something happen once, as that stage of a run begins."""
    place = MOMENTS[moment]
    module, _, name = place.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)
    left = [what]

    def injured(*arguments: Any, **named: Any) -> Any:
        while left:
            left.pop()()
        return original(*arguments, **named)

    with patch(place, injured):
        yield


def delivered(folder: Path, stand: Stand) -> People:
    """A shop whose people were sent, and have changed since."""
    stand.write(folder)
    people = People(InsideDesk(folder, stand), random.Random(2), NUMBER)
    people.open_shop()
    people.desk.run()
    people.change("later")
    people.sent_since()
    return people


def found(folder: Path, file: str) -> list[Path]:
    """The files of that kind as they are now, those of the latest run only."""
    if file in SHARED:
        return [path for path in (folder / SHARED[file]).rglob("*") if path.is_file()]
    latest = max((folder / "runs").iterdir(), default=None)
    paths = [folder / FILES[file].format(run=latest.name if latest else "")]
    return [path for path in paths if path.is_file() and path.stat().st_size]


@pytest.mark.parametrize(("moment", "file", "kind"), [case for case in ALL if LIVES in os.environ or case in SHORT])
def test_an_injury_in_the_middle_of_a_run_is_said_or_made_good(
    moment: str, file: str, kind: str, tmp_path: Path, emulators: tuple[Zendesk, Emulator]
) -> None:
    people = delivered(tmp_path, ZendeskStand(emulators[0]))
    folder = tmp_path / ".penstock"
    injured: list[Path] = []

    def injure() -> None:
        for path in found(folder, file):
            INJURIES[kind](path)
            injured.append(path)

    with befalling(moment, injure):
        ended = people.desk.penstock("run", "everybody", *ALLOWED)
    if not injured:
        pytest.skip("there is nothing to injure yet")
    assert_said_well(ended)
    sent = people.sent_since()
    assert max(sent.values(), default=1) == 1
    again = people.desk.penstock("run", "everybody", *ALLOWED)
    was_refused = again.exit_code != 0
    if was_refused:
        assert_said_well(again)
        assert not people.sent_since(), "something was sent"
        follow(again.document["error"]["fix"], people.desk)
    people.assert_right(but_empty_ones=was_refused)
    people.sent_since()
    assert people.desk.run()["requests"]["write"] == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_disk_that_fills_up_in_the_middle_of_a_run(
    moment: str, tmp_path: Path, emulators: tuple[Zendesk, Emulator]
) -> None:
    place = tmp_path / ".penstock"
    with disk(place, 64 * 1024):
        people = delivered(tmp_path, IterableStand(emulators[1]))

        def fill() -> None:
            with suppress(OSError), (place / "full").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 16))

        with befalling(moment, fill):
            ended = people.desk.penstock("run", "everybody", *ALLOWED)
        assert (ended.exit_code, ended.document["error"]["code"]) == (2, "disk_full"), ended
        (place / "full").unlink()
        people.desk.run(*ALLOWED)
        people.assert_right()
        assert max(people.sent_since().values()) == 1
        assert people.desk.run()["requests"]["write"] == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_state_folder_that_is_moved_away_in_the_middle_of_a_run(
    moment: str, tmp_path: Path, emulators: tuple[Zendesk, Emulator]
) -> None:
    people = delivered(tmp_path, IterableStand(emulators[1]))
    place, elsewhere = tmp_path / ".penstock", tmp_path / "elsewhere"

    def move() -> None:
        place.rename(elsewhere)

    with befalling(moment, move):
        ended = people.desk.penstock("run", "everybody", *ALLOWED)
    assert ended.exit_code == 2, ended
    assert_said_well(ended)
    shutil.rmtree(place, ignore_errors=True)  # a folder for temporary files may have been made anew
    elsewhere.rename(place)
    people.desk.run(*ALLOWED)
    people.assert_right()
    assert max(people.sent_since().values()) == 1
    assert people.desk.run()["requests"]["write"] == 0
