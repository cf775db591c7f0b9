"""The first run to Zendesk: user fields are made, jobs are queued, and their ends are read."""

from __future__ import annotations

from demo import zendesk_truth
from demo.scene import TEAM, Scene, jobs_needed


def tell_of_the_first_run_to_zendesk(scene: Scene) -> None:
    """Run for the first time and hold the result against the shop."""
    tell = scene.telling
    tell.chapter("The first run to Zendesk: fields are made, jobs are awaited")
    tell.say(
        "Zendesk knows no plans and no orders. The activation lists such attributes under `custom_attributes`, so",
        "Penstock makes user fields for them, once. And Zendesk's success (HTTP 200) means no more than “queued”:",
        "Penstock waits for the end of every job, and reads there what became of each user.",
    )
    report, requests = scene.run(TEAM, title="first run", exit_code=0, shown=True)
    sent = report["outcomes"]["delivered"]
    tell.check(
        sent == zendesk_truth.members(scene.shop) == report["created"],
        f"All {sent:,} members of the segment, as many as plain SQL finds, are created.",
    )
    tell.check(
        requests.users == sent and len(requests.carriers) == jobs_needed(sent),
        f"{sent:,} users at up to 100 a job need {jobs_needed(sent)} jobs, and no more were made.",
    )
    types = zendesk_truth.FIELD_TYPES
    tell.check(
        scene.zendesk.field_types() == types and len(requests.writes) == len(requests.carriers) + len(types),
        f"The {len(types)} other requests made {len(types)} user fields: {', '.join(sorted(set(types.values())))}.",
    )
    users = [user for user in scene.zendesk.users() if user["notes"] is None]
    difference = zendesk_truth.difference(zendesk_truth.users(scene.shop), users)
    tell.check(not difference, "Every attribute of every user is what plain SQL finds in the shop.", difference)
    tell.check(
        zendesk_truth.twice(users) == 0,
        "Nobody is there twice, and nobody was written to: new users would be, if Penstock did not ask for silence.",
    )
