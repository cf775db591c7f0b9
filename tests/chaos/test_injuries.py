"""Damage to any file of the state folder: refused with a way out that works when it is followed, or made good."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.conftest import LIVES
from tests.chaos.frozen import GUARDS, Moment, Pace, strike
from tests.chaos.injuries import INJURIES
from tests.chaos.people import People
from tests.chaos.stages import Stage, State
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk
from tests.contract.destinations.stands.zendesk_stand import SPEED
from tests.emulator import Emulator, Zendesk

ALLOWED = [word for guard in GUARDS for word in ("--allow", guard)]
FILES = {
    "ledger": "ledgers/everybody.duckdb",
    "ledger's log": "ledgers/everybody.duckdb.wal",
    "store": "state.sqlite",
    "store's log": "state.sqlite-wal",
    "store's index": "state.sqlite-shm",
    "records": "runs/{run}/plan.parquet",
    "plan": "runs/{run}/plan.json",
    "identity": "runs/{run}/identity.json",
    "shapes": "runs/{run}/shapes.json",
}
SCENES = ("quiet", "logged", "killed", "killed first")
SHORT = {
    ("quiet", "ledger", "scratched"),
    ("quiet", "store", "removed"),
    ("killed", "records", "cut"),
    ("killed", "plan", "removed"),
    ("killed", "store", "cut"),
    ("killed first", "store", "removed"),
}
ALL = [(scene, file, injury) for scene in SCENES for file in FILES for injury in INJURIES]
LEAVE_A_LOG = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("PRAGMA disable_checkpoint_on_shutdown")
connection.execute("UPDATE confirmed SET run = run || ''")
os._exit(0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A project as it was left, to be injured again and again; `run` is its last run, `sent` what was sent so far."""

    people: People
    run: str
    sent: list[Any]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, emulators: tuple[Zendesk, Emulator]) -> dict[str, Scene]:
    """Between two runs; the same with the ledger's log beside it; after a kill while sending; and if it was the first."""
    _, iterable = emulators
    stand = IterableStand(iterable)
    return {name: made(name, stand, iterable, tmp_path_factory.mktemp(name.replace(" ", "-"))) for name in SCENES}


def made(name: str, stand: IterableStand, emulator: Emulator, folder: Path) -> Scene:
    """Make a scene; all share one account."""
    stand.write(folder)
    people = People(Desk(folder, stand), random.Random(name), 3000)
    people.open_shop()
    before = len(emulator.writes())
    state = State(folder / ".penstock")
    if name != "killed first":
        people.desk.run()
        people.change("killed")
    if name.startswith("killed"):
        stand.trouble("delay", seconds=0.3 * SPEED)
        struck = strike(people.desk, Moment(stage=Stage.SENDING, share=0), Pace())
        assert struck.stage is Stage.SENDING
        people.rest()
        stand.heal()
        people.revert()
    if name == "logged":
        subprocess.run([sys.executable, "-c", LEAVE_A_LOG, state.folder / FILES["ledger"]], check=True)
    run = max(state.noted())
    sent = [write["users"] for write in emulator.writes()[before:]]
    return Scene(people=people, run=run, sent=sent)


@pytest.mark.parametrize(("name", "file", "injury"), [case for case in ALL if LIVES in os.environ or case in SHORT])
def test_an_injury_is_refused_or_made_good(
    name: str, file: str, injury: str, tmp_path: Path, scenes: dict[str, Scene], emulators: tuple[Zendesk, Emulator]
) -> None:
    scene, (_, emulator) = scenes[name], emulators
    shutil.copytree(scene.people.desk.folder, tmp_path, dirs_exist_ok=True)
    people = People(
        Desk(tmp_path, scene.people.desk.stand), random.Random(), scene.people.number, ever=set(scene.people.ever)
    )
    path = tmp_path / ".penstock" / FILES[file].format(run=scene.run)
    if not path.exists():
        pytest.skip("there is no such file")
    for users in scene.sent:
        emulator.bulk(*users)
    INJURIES[injury](path)
    before = len(emulator.writes())
    for command in (["runs"], ["report", "latest"], ["history", "everybody", "1"]):
        assert_said_well(people.desk.penstock(*command))
    ended = people.desk.penstock("run", "everybody", *ALLOWED)
    outcome = "went on"
    if ended.exit_code != 0:
        outcome = f"refused: {ended.document['error']['code']}"
        assert_said_well(ended)
        assert len(emulator.writes()) == before, "something was sent"
        again = people.desk.penstock("run", "everybody", *ALLOWED)
        assert again.document.get("error") == ended.document["error"], "the second time it is another story"
        follow(ended.document["error"]["fix"], people.desk)
    print(f"{name} / {file} / {injury}: {outcome}")
    people.assert_right()
    assert people.desk.run()["requests"]["write"] == 0
    for command in (["runs"], ["report", "latest"], ["history", "everybody", "1"]):
        assert people.desk.penstock(*command).exit_code == 0


def assert_said_well(ended: Any) -> None:
    """An end in order, or a sentence and the next step."""
    if ended.exit_code != 0:
        assert ended.exit_code == 2
        error = ended.document["error"]
        assert error["code"] != "internal", error
        assert error["message"].endswith(".")
        assert error["fix"].endswith(".")


def follow(fix: str, desk: Desk) -> None:
    """Do what a fix says."""
    folder = desk.folder / ".penstock"
    if "aside" in fix:
        for path in folder.glob("state.sqlite*"):
            path.rename(folder / f"aside-{path.name}")
    [command] = re.findall("`penstock (run everybody[^`]*)`", fix) or ["run everybody"]
    ended = desk.penstock(*command.split(), *ALLOWED)
    assert ended.exit_code == 0, (fix, json.dumps(ended.document, indent=1))
