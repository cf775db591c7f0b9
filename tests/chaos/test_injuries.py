"""Damage to any file of the state folder: refused with a way out that works when it is followed, or made good."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.conftest import LIVES
from tests.chaos.frozen import ALLOWED, Moment, Pace, strike
from tests.chaos.injuries import INJURIES
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.stages import Stage, State
from tests.chaos.tally import TOLD
from tests.chaos.ways import ATTRIBUTES
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk
from tests.emulator import Emulator, running

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
    ("killed", "ledger", "removed"),
    ("killed", "plan", "removed"),
    ("killed", "store", "cut"),
    ("killed first", "store", "removed"),
}
SQLITES_OWN = {"store's log", "store's index"}
ALL = [
    (scene, file, injury)
    for scene in SCENES
    for file in FILES
    for injury in INJURIES
    if injury != "walled up" or file not in SQLITES_OWN
]
READING = (("runs",), ("report", "latest"), ("history", "everybody", "1"))
QUICK_ITERABLE = ("--set", "iterable.visibility_seconds=0", "--set", "iterable.rate_limits=off")
LEAVE_A_LOG = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("PRAGMA disable_checkpoint_on_shutdown")
connection.execute("SET checkpoint_threshold = '1GB'")
connection.execute("UPDATE meta SET value = value || '' WHERE name = 'last_run'")
os._exit(0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A project as it was left, to be injured again and again; `run` is its last run, `users` who was there then."""

    people: People
    emulator: Emulator
    run: str
    users: Mapping[str, Mapping[str, Any]]

    def restore_users(self) -> None:
        """Let the destination be as it was."""
        nothing = dict.fromkeys(ATTRIBUTES)
        everybody = [{"email": who, "dataFields": {**nothing, **values}} for who, values in self.users.items()]
        for first in range(0, len(everybody), 1000):
            self.emulator.bulk(*everybody[first : first + 1000])


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scene]]:
    """Between runs; with the ledger's log beside it; after a kill while sending; and after one of a first run."""
    with ExitStack() as emulators:
        yield {name: made(name, emulators, tmp_path_factory.mktemp(name.replace(" ", "-"))) for name in SCENES}


def made(name: str, emulators: ExitStack, folder: Path) -> Scene:
    """Make a scene with an account of its own."""
    emulator = emulators.enter_context(running(*QUICK_ITERABLE))
    stand = IterableStand(emulator)
    stand.write(folder)
    people = People(Desk(folder, stand), random.Random(name), 3000)
    people.open_shop()
    state = State(folder / ".penstock")
    if name != "killed first":
        people.desk.run()
        people.change("killed")
    if name.startswith("killed"):
        stand.trouble("delay", seconds=0.3)
        struck = strike(people.desk, Moment(stage=Stage.SENDING, share=0), Pace())
        assert struck.stage is Stage.SENDING
        people.rest()
        stand.heal()
        people.revert()
    if name == "logged":
        subprocess.run([sys.executable, "-c", LEAVE_A_LOG, state.folder / FILES["ledger"]], check=True)
    return Scene(people=people, emulator=emulator, run=max(state.noted()), users=stand.users())


@pytest.mark.parametrize(("name", "file", "injury"), [case for case in ALL if LIVES in os.environ or case in SHORT])
def test_an_injury_is_refused_or_made_good(
    name: str, file: str, injury: str, tmp_path: Path, scenes: dict[str, Scene]
) -> None:
    scene = scenes[name]
    shutil.copytree(scene.people.desk.folder, tmp_path, dirs_exist_ok=True)
    people = People(
        InsideDesk(tmp_path, scene.people.desk.stand),
        random.Random(),
        scene.people.number,
        ever=set(scene.people.ever),
    )
    path = tmp_path / ".penstock" / FILES[file].format(run=scene.run)
    if not path.exists() or not path.stat().st_size:
        pytest.skip("there is nothing to injure")
    scene.restore_users()
    INJURIES[injury](path)
    before = len(scene.emulator.writes())
    for command in READING:
        assert_said_well(people.desk.penstock(*command))
    ended = people.desk.penstock("run", "everybody", *ALLOWED)
    was_refused = ended.exit_code != 0
    TOLD.append(f"{name:<14}{file:<15}{injury:<10} {ended.document['error']['code'] if was_refused else 'made good'}")
    if was_refused:
        assert_said_well(ended)
        assert len(scene.emulator.writes()) == before, "something was sent"
        again = people.desk.penstock("run", "everybody", *ALLOWED)
        assert again.document.get("error") == ended.document["error"], "the second time it is another story"
        follow(ended.document["error"]["fix"], people.desk)
    people.assert_right(but_empty_ones=was_refused)
    assert people.desk.run()["requests"]["write"] == 0


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
    full = ["--full"] if "--full" in fix else []
    ended = desk.penstock("run", "everybody", *full, *ALLOWED)
    assert ended.exit_code == 0, (fix, json.dumps(ended.document, indent=1))
