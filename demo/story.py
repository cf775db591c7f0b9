"""The story: chapter after chapter, each of which checks what it tells."""

from __future__ import annotations

import shlex
import sys
from importlib.resources import files
from pathlib import Path

from demo.commands import Penstock
from demo.corrections import tell_of_the_correction, tell_of_the_locked_schema
from demo.first_run import tell_of_everybody_else, tell_of_the_first_run
from demo.opening import tell_of_the_sandbox, tell_of_the_segment, tell_of_the_shop
from demo.people import ZOE
from demo.sandbox_process import API_KEY, Sandbox, running_sandbox
from demo.scene import NEWSLETTER, Scene
from demo.second_run import tell_of_the_changes, tell_of_the_second_run, tell_of_the_third_run
from demo.shop import make_shop
from demo.telling import Telling

_SANDBOX_OF_THE_FILE = "http://127.0.0.1:8092"


def tell_story(folder: Path, telling: Telling) -> None:
    """Play the whole story in an empty folder. Raises DemoError when something is not as it is told."""
    telling.say(
        "Penstock keeps the users of a marketing tool equal to a segment of your warehouse. You are about to see it",
        "do so: all on this machine, without an account. ✓ marks what was checked on the way.",
    )
    shop = make_shop(folder / "shop.duckdb")
    with running_sandbox(folder / "sandbox") as sandbox:
        _write_project(folder, sandbox)
        scene = Scene(telling=telling, shop=shop, penstock=Penstock(folder, API_KEY, telling), sandbox=sandbox)
        tell_of_the_shop(scene)
        tell_of_the_segment(scene)
        tell_of_the_sandbox(scene)
        tell_of_the_first_run(scene)
        tell_of_everybody_else(scene)
        expected = tell_of_the_changes(scene)
        tell_of_the_second_run(scene, expected)
        tell_of_the_third_run(scene)
        tell_of_the_correction(scene)
        tell_of_the_locked_schema(scene)
        _sum_up(scene)
    _tell_how_to_go_on(folder, sandbox, telling)


def _write_project(folder: Path, sandbox: Sandbox) -> None:
    text = files("demo").joinpath("project/penstock.yaml").read_text(encoding="utf-8")
    (folder / "penstock.yaml").write_text(text.replace(_SANDBOX_OF_THE_FILE, sandbox.url), encoding="utf-8")


def _sum_up(scene: Scene) -> None:
    scene.telling.chapter("All runs, as the sandbox's log has them")
    scene.telling.table(
        ("run", "write requests", "users sent", "kB"),
        ((title, len(each.writes), each.users, each.kilobytes) for title, each in scene.runs),
        figures="lrrr",
    )


def _tell_how_to_go_on(folder: Path, sandbox: Sandbox, telling: Telling) -> None:
    here = _as_seen_from_here(folder)
    penstock = _as_seen_from_here(Path(sys.executable).with_name("penstock"))
    port = sandbox.url.rpartition(":")[2]
    telling.chapter("Go on from here")
    telling.say(
        f"The sandbox has ended. The project lies in {here}: penstock.yaml, the shop, Penstock's state and the",
        "sandbox's. It is made anew by the next demo. Start the sandbox again as it was, in another terminal:",
    )
    telling.commands(f"{penstock} sandbox --iterable-port {port} --state {here}/sandbox")
    telling.gap()
    telling.say(
        f"Its page is {sandbox.url}/ in a browser. Then change something in the shop or in penstock.yaml, send it,",
        "and ask what became of Zoë:",
    )
    telling.commands(
        f"export ITERABLE_API_KEY={API_KEY}",
        f"{penstock} run {NEWSLETTER} --project {here}",
        f"{penstock} history {NEWSLETTER} {ZOE} --project {here}",
    )


def _as_seen_from_here(path: Path) -> str:
    path = path.absolute()
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
