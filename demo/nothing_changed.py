"""Runs with nothing to send."""

from __future__ import annotations

from demo.scene import NEWSLETTER, TEAM, Scene


def tell_of_the_third_run(scene: Scene) -> None:
    """Run once more: nothing is sent."""
    tell = scene.telling
    tell.chapter("The third run: nothing changed, nothing is sent")
    tell.say("Nothing has happened in the shop since.")
    _, to_iterable = scene.run(NEWSLETTER, title="third run, nothing changed", exit_code=0)
    _, to_zendesk = scene.run(TEAM, title="third run, nothing changed", exit_code=0)
    tell.check(
        not to_iterable.writes and not to_zendesk.writes,
        "Not one user was sent: neither those confirmed, nor those refused, held or deleted before.",
    )
