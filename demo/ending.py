"""The end: both sandboxes against the shop, all runs in a table, and how to go on."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from demo import truth, zendesk_truth
from demo.changes import Expected
from demo.emulators import API_KEY, TOKEN
from demo.people import ZOE
from demo.sandbox_process import SPEED, Sandbox
from demo.scene import NEWSLETTER, TEAM, USERS_PER_JOB, Scene
from demo.telling import Telling
from demo.truth import Attributes
from demo.zendesk_second_run import wanted_at_zendesk


def tell_of_the_comparison(scene: Scene, expected: Expected, left: Mapping[str, Attributes], old_phone: str) -> None:
    """Hold every attribute of every user against plain SQL; `left` are those who keep what they had."""
    tell = scene.telling
    tell.chapter("The end: everybody, attribute by attribute")
    tell.say(
        f"Iterable is told of the {USERS_PER_JOB} new plans as well. Then hand-written SQL says what every user must",
        "look like, and the sandboxes say what they look like.",
    )
    scene.run(NEWSLETTER, title="last run, the new plans", exit_code=0)
    levels = truth.club_levels(scene.shop)
    wanted = {address: {**user} for address, user in {**left, **truth.profiles(scene.shop)}.items()}
    for address, level in levels.items():
        wanted[address]["club_level"] = level
    users = scene.iterable.users()
    difference = truth.difference(wanted, users)
    tell.check(not difference, f"Iterable: {len(users):,} users, and not one attribute is wrong.", difference)
    there = scene.zendesk.users()
    difference = zendesk_truth.difference(wanted_at_zendesk(scene, expected, old_phone), there)
    tell.check(not difference, f"Zendesk: {len(there):,} users, and not one attribute is wrong.", difference)
    tell.check(zendesk_truth.twice(there) == 0, "Nobody is there twice, and Zendesk has written to nobody.")


def sum_up(scene: Scene) -> None:
    """Show the runs."""
    scene.telling.chapter("All runs, as the sandbox's log has them")
    scene.telling.table(
        ("to", "run", "write requests", "users sent", "kB"),
        ((to, title, len(each.writes), each.users, each.kilobytes) for title, to, each in scene.runs),
        figures="llrrr",
    )


def tell_how_to_go_on(folder: Path, sandbox: Sandbox, telling: Telling) -> None:
    """Give the commands to go on with."""
    here = _as_seen_from_here(folder)
    penstock = _as_seen_from_here(Path(sys.executable).with_name("penstock"))
    ports = (
        f"--zendesk-port {sandbox.zendesk.url.rpartition(':')[2]}",
        f"--iterable-port {sandbox.iterable.url.rpartition(':')[2]}",
    )
    telling.chapter("Go on from here")
    telling.say(
        f"The sandbox has ended. The project lies in {here}: penstock.yaml, the shop, Penstock's state and the",
        "sandbox's. It is made anew by the next demo. Start the sandbox again as it was, in another terminal:",
    )
    telling.commands(f"{penstock} sandbox {' '.join(ports)} --speed {SPEED} --state {here}/sandbox")
    telling.gap()
    telling.say(
        f"A browser then shows it at {sandbox.zendesk.url} and {sandbox.iterable.url}. Change something in the",
        "shop or in penstock.yaml, send it, and ask what became of Zoë:",
    )
    telling.commands(
        f"export ITERABLE_API_KEY={API_KEY}",
        f"export ZENDESK_TOKEN={TOKEN}",
        f"{penstock} run {TEAM} --project {here}",
        f"{penstock} history {TEAM} {ZOE} --project {here}",
    )


def _as_seen_from_here(path: Path) -> str:
    path = path.absolute()
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
