"""The shop changes: the plan, the run to Iterable that sends the changes and nothing else."""

from __future__ import annotations

import json

from demo import truth
from demo.changes import (
    BUYERS,
    LEAVERS,
    MOVERS,
    NEWCOMERS,
    RETYPED,
    TEAM_BUYERS,
    UPGRADES,
    Expected,
    change_the_shop,
)
from demo.opening import FAVOURITE_SHOP
from demo.scene import NEWSLETTER, ZOES_ADDRESS, Scene, requests_needed
from demo.truth import Profiles


def tell_of_the_changes(scene: Scene) -> Expected:
    """Change the shop, and show the plan of what that means."""
    tell = scene.telling
    expected = change_the_shop(scene.shop)
    tell.chapter("The shop changes: the plan")
    tell.say("A day goes by in the shop:")
    tell.table(
        ("customers", "what happened", "for Iterable", "for Zendesk"),
        (
            (UPGRADES, "got the plan `team`", "plan", "all: new there"),
            (BUYERS, "have ordered once more", "3 attributes", f"3, of {TEAM_BUYERS} in `team`"),
            (1, "of these: another phone", "phoneNumber", "see below"),
            (MOVERS, "have moved", "address", "nothing: not mapped"),
            (1, "Zoë: `team`, an order, no phone", "5, one cleared", "all: she joins"),
            (RETYPED, "address now in capitals", "nothing: the same", "nothing"),
            (LEAVERS, "left the newsletter", "nothing: they leave", "nothing"),
            (NEWCOMERS, "are new", "all", "nothing: no `team`"),
        ),
        figures="r",
    )
    tell.say("A plan shows what a run would do, attribute by attribute, and sends nothing:")
    scene.penstock.show("plan", NEWSLETTER, exit_code=0)
    plan = scene.penstock.ask("plan", NEWSLETTER)
    planned = plan["planned"]
    tell.gap()
    tell.check(
        (planned["create"], planned["update"], planned["left"]) == (expected.create, expected.update, expected.left),
        f"{expected.update} updates, {expected.create} newcomers, {expected.left} who leave: just what happened.",
    )
    tell.check(
        all(plan["changes"][field] == customers for field, customers in expected.fields.items()),
        "So it is for each attribute: `plan` is sent for all who have another one and for the newcomers.",
    )
    tell.check(
        not scene.iterable.new_requests().writes,
        "The sandbox's log shows no write request: a plan only looks.",
    )
    return expected


def tell_of_the_second_run(scene: Scene, expected: Expected, left: Profiles) -> None:
    """Run again: only changed attributes travel; `left` are those who keep what they had."""
    tell = scene.telling
    tell.chapter("The second run to Iterable: only what changed is sent")
    tell.say("From here on we mostly take the figures, as other programs can: --json prints one document.")
    report, requests = scene.run(NEWSLETTER, title="second run, after the changes", exit_code=0)
    sent = expected.create + expected.update
    tell.check(
        requests.users == sent == report["outcomes"]["delivered"] and len(requests.writes) == requests_needed(sent),
        f"{sent} users in {requests_needed(sent)} request, instead of {report['desired']:,}.",
    )
    users = scene.iterable.users()
    tell.check(
        not (difference := truth.difference({**left, **truth.profiles(scene.shop)}, users)),
        f"Again every attribute of all {len(users):,} users is what the shop says. Who left stays as they were.",
        difference,
    )
    tell.gap()
    tell.say("This is all that was sent for Zoë, taken from the sandbox's log; `null` clears her phone number:")
    tell.gap()
    tell.quote(json.dumps(scene.iterable.last_sent("email", ZOES_ADDRESS), indent=2, ensure_ascii=False))
    tell.gap()
    zoe = users[ZOES_ADDRESS]
    tell.check(
        "phoneNumber" not in zoe and zoe["plan"] == "team" and zoe["favouriteShop"] == FAVOURITE_SHOP,
        "At the sandbox her phone number is gone, her plan is `team`, and the team's own attribute is still there.",
    )
