"""The run to Zendesk after the changes: two customers are not simply overwritten, and the report says why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from demo import zendesk_truth
from demo.changes import NEW_PHONE, TEAM_BUYERS, UPGRADES, Expected
from demo.opening import AGENTS_NOTE
from demo.scene import TEAM, ZOES_ADDRESS, Scene, jobs_needed


def tell_of_the_second_run_to_zendesk(scene: Scene, expected: Expected) -> None:
    """Run again, after an administrator has deleted somebody by hand."""
    tell, gone, caller = scene.telling, expected.gone, expected.caller
    there = {user["external_id"]: user for user in scene.zendesk.users()}
    scene.zendesk.delete_user(there[str(gone)]["email"])
    tell.chapter("The second run to Zendesk: what must not be overwritten")
    tell.say(
        f"Meanwhile an administrator has deleted customer {gone} in Zendesk. And customer {caller} has another",
        "phone: an update would not replace the number there, but add a second one.",
    )
    report, requests = scene.run(TEAM, title="second run, after the changes", exit_code=0, shown=True)
    known, new = TEAM_BUYERS, UPGRADES + 1
    tell.check(
        requests.users == known + new and len(requests.writes) == jobs_needed(known) + jobs_needed(new),
        f"{known} known users are updated by their id in {jobs_needed(known)} job, {new} who may be new travel in"
        f" {jobs_needed(new)}.",
    )
    tell.check(
        (report["created"], report["updated"]) == (UPGRADES, known - 1 + 1),
        f"{UPGRADES} are created. Zoë was there already, so she is updated, as are {known - 1} of the {known}.",
    )
    users = scene.zendesk.users()
    _tell_of_the_caller(scene, next(user for user in users if user["external_id"] == str(caller)))
    tell.check(
        all(user["external_id"] != str(gone) for user in users),
        f"Customer {gone} stays deleted: nobody is brought back by an update.",
    )
    zoe = next(user for user in users if user["email"] == ZOES_ADDRESS)
    tell.check(
        (zoe["external_id"], zoe["name"], zoe["notes"]) == ("4711", "Zoë O'Brien", AGENTS_NOTE),
        "Zoë has her right name and all attributes now, and the agent's note is untouched.",
    )
    tell.check(zendesk_truth.twice(users) == 0, "Nobody is there twice, or has two numbers, or was written to.")


def _tell_of_the_caller(scene: Scene, user: Mapping[str, Any]) -> None:
    tell = scene.telling
    tell.gap()
    tell.say("This is all that was sent for the customer with the other phone:")
    tell.gap()
    tell.quote(json.dumps(scene.zendesk.last_sent("id", user["id"]), indent=2))
    tell.gap()
    tell.check(
        user["phone"] != NEW_PHONE and user["user_fields"]["last_order_at"] == "2025-06-01T00:00:00+00:00",
        "The order is there, the number as it was: a person decides which one is right.",
    )


def wanted_at_zendesk(scene: Scene, expected: Expected, old_phone: str) -> dict[str, dict[str, object]]:
    """Everybody whom Zendesk must hold, but for what is held and who is deleted."""
    users = zendesk_truth.users(scene.shop)
    by_key = {user["external_id"]: address for address, user in users.items()}
    users[by_key[str(expected.caller)]]["phone"] = old_phone
    del users[by_key[str(expected.gone)]]
    return users
