"""A job of Zendesk fails half-way and does not say whom it reached; the next run sets it right, nobody is doubled."""

from __future__ import annotations

from demo.changes import upgrade_more
from demo.scene import TEAM, USERS_PER_JOB, Scene


def tell_of_the_failing_job(scene: Scene) -> None:
    """Let a job fail, and let the next run set it right."""
    tell, more = scene.telling, USERS_PER_JOB
    there = len(scene.zendesk.users())
    upgrade_more(scene.shop, more)
    scene.zendesk.fail_the_next_job()
    tell.chapter("A job fails half-way")
    tell.say(
        f"{more} more customers have the plan `team`. But the job that creates them fails in Zendesk when it is half",
        "done, and does not say whom it has reached. The sandbox can be told to do so:",
    )
    report, _ = scene.run(TEAM, title="a job fails", exit_code=1, shown=True)
    created = len(scene.zendesk.users()) - there
    tell.check(
        0 < created < more and report["outcomes"]["unknown"] == more,
        f"{created} of the {more} are at the sandbox. Penstock cannot know that, and says so: unknown, not failed.",
    )
    tell.gap()
    tell.say(
        "No job names them, so the next run sends all of them again, a hundred to a request. Whoever is there",
        "already is updated: that does no harm, and costs less than to search for each of them.",
    )
    report, requests = scene.run(TEAM, title="set right again", exit_code=0)
    tell.check(
        report["outcomes"]["delivered"] == more and requests.users == more,
        f"{more} delivered: {created} were there already and {more - created} are new.",
    )
    tell.check(len(scene.zendesk.users()) == there + more, f"There are {more} users more: nobody was created twice.")
