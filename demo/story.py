"""The story: chapter after chapter, each of which checks what it tells."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from demo import truth, zendesk_truth
from demo.commands import Penstock
from demo.corrections import tell_of_the_correction, tell_of_the_locked_schema
from demo.emulators import API_KEY, TOKEN
from demo.ending import sum_up, tell_how_to_go_on, tell_of_the_comparison
from demo.first_run import tell_of_everybody_else, tell_of_the_first_run
from demo.job_failure import tell_of_the_failing_job
from demo.nothing_changed import tell_of_the_third_run
from demo.opening import tell_of_the_sandbox, tell_of_the_segments, tell_of_the_shop
from demo.sandbox_process import Sandbox, running_sandbox
from demo.scene import Scene
from demo.second_run import tell_of_the_changes, tell_of_the_second_run
from demo.shop import make_shop
from demo.telling import Telling
from demo.zendesk_first_run import tell_of_the_first_run_to_zendesk
from demo.zendesk_second_run import tell_of_the_second_run_to_zendesk

_ZENDESK_OF_THE_FILE, _ITERABLE_OF_THE_FILE = "http://127.0.0.1:8091", "http://127.0.0.1:8092"
_SECRETS = {"ITERABLE_API_KEY": API_KEY, "ZENDESK_TOKEN": TOKEN}


def tell_story(folder: Path, telling: Telling) -> None:
    """Play the whole story in an empty folder. Raises DemoError when something is not as it is told."""
    telling.say(
        "Penstock keeps the users of your marketing and support tools equal to segments of your warehouse. You are",
        "about to see it do so for Iterable and Zendesk: all on this machine, without an account. ✓ marks what was",
        "checked on the way.",
    )
    shop = make_shop(folder / "shop.duckdb")
    with running_sandbox(folder / "sandbox") as sandbox:
        _write_project(folder, sandbox)
        scene = Scene(
            telling=telling,
            shop=shop,
            penstock=Penstock(folder, _SECRETS, telling),
            iterable=sandbox.iterable,
            zendesk=sandbox.zendesk,
        )
        tell_of_the_shop(scene)
        tell_of_the_segments(scene)
        tell_of_the_sandbox(scene)
        tell_of_everybody_else(scene, tell_of_the_first_run(scene))
        tell_of_the_first_run_to_zendesk(scene)
        _tell_of_the_days_after(scene)
        sum_up(scene)
    tell_how_to_go_on(folder, sandbox, telling)


def _tell_of_the_days_after(scene: Scene) -> None:
    at_iterable, at_zendesk = truth.profiles(scene.shop), zendesk_truth.users(scene.shop)
    expected = tell_of_the_changes(scene)
    left = {address: at_iterable[address] for address in at_iterable.keys() - truth.profiles(scene.shop).keys()}
    tell_of_the_second_run(scene, expected, left)
    tell_of_the_second_run_to_zendesk(scene, expected)
    tell_of_the_third_run(scene)
    tell_of_the_correction(scene)
    tell_of_the_failing_job(scene)
    tell_of_the_locked_schema(scene)
    phone = next(user["phone"] for user in at_zendesk.values() if user["external_id"] == str(expected.caller))
    tell_of_the_comparison(scene, expected, left, str(phone))


def _write_project(folder: Path, sandbox: Sandbox) -> None:
    text = files("demo").joinpath("project/penstock.yaml").read_text(encoding="utf-8")
    text = text.replace(_ZENDESK_OF_THE_FILE, sandbox.zendesk.url)
    (folder / "penstock.yaml").write_text(text.replace(_ITERABLE_OF_THE_FILE, sandbox.iterable.url), encoding="utf-8")
