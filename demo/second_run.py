"""The shop changes: the plan, the run that sends the changes and nothing else, and the run with nothing to send."""

from __future__ import annotations

import json

from demo import truth
from demo.changes import BUYERS, LEAVERS, MOVERS, NEWCOMERS, PLANS, RETYPED, Expected, change_the_shop
from demo.opening import FAVOURITE_SHOP
from demo.scene import NEWSLETTER, ZOES_ADDRESS, Scene, requests_needed


def tell_of_the_changes(scene: Scene) -> Expected:
    """Change the shop, and show the plan of what that means."""
    tell = scene.telling
    expected = change_the_shop(scene.shop)
    tell.chapter("The shop changes: the plan")
    tell.say("A day goes by in the shop:")
    tell.table(
        ("customers", "what happened", "attributes"),
        (
            (PLANS, "have a better plan", "plan"),
            (BUYERS, "have ordered once more", "orders, lifetime_value, lastOrderAt"),
            (MOVERS, "have moved", "address"),
            (1, "Zoë: better plan, an order, phone deleted", "5, of which phoneNumber cleared"),
            (RETYPED, "have typed their address in capitals", "none, the address is the same"),
            (LEAVERS, "no longer want the newsletter", "none, they leave the segment"),
            (NEWCOMERS, "are new", "all"),
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
        not scene.sandbox.new_requests().writes,
        "The sandbox's log shows no write request: a plan only looks.",
    )
    return expected


def tell_of_the_second_run(scene: Scene, expected: Expected) -> None:
    """Run again: only changed attributes travel."""
    tell = scene.telling
    before = scene.sandbox.users()
    tell.chapter("The second run: only what changed is sent")
    tell.say("From here on we take the figures only, as other programs can: --json prints one document.")
    report, requests = scene.run(NEWSLETTER, title="second run, after the changes", exit_code=0)
    sent = expected.create + expected.update
    tell.check(
        requests.users == sent == report["outcomes"]["delivered"] and len(requests.writes) == requests_needed(sent),
        f"{sent} users in {requests_needed(sent)} request, instead of {report['desired']:,}.",
    )
    users = scene.sandbox.users()
    tell.check(
        len(users) == len(before) + expected.create and all(address in users for address in before),
        f"The sandbox holds {len(users):,} users: {expected.create} more. Who left the segment stays as they were.",
    )
    tell.check(not truth.difference(scene.shop, users), "Again every attribute of every user is what the shop says.")
    tell.gap()
    tell.say("This is all that was sent for Zoë, taken from the sandbox's log; `null` clears her phone number:")
    tell.gap()
    tell.quote(json.dumps(requests.sent_for(ZOES_ADDRESS), indent=2, ensure_ascii=False))
    tell.gap()
    zoe = users[ZOES_ADDRESS]
    tell.check(
        "phoneNumber" not in zoe and zoe["plan"] == "team" and zoe["favouriteShop"] == FAVOURITE_SHOP,
        "At the sandbox her phone number is gone, her plan is `team`, and the team's own attribute is still there.",
    )


def tell_of_the_third_run(scene: Scene) -> None:
    """Run once more: nothing is sent."""
    tell = scene.telling
    tell.chapter("The third run: nothing changed, nothing is sent")
    tell.say("Nothing has happened in the shop since.")
    _, requests = scene.run(NEWSLETTER, title="third run, nothing changed", exit_code=0)
    tell.check(not requests.writes, "Not one user was sent: neither those confirmed, nor those refused before.")
