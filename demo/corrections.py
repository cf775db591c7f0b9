"""A refused record is corrected and delivered; an attribute that the destination ignores is named and withheld."""

from __future__ import annotations

from demo import truth
from demo.dirt import INVALID_ADDRESSES
from demo.scene import CLUB, NEWSLETTER, Scene, requests_needed

_CORRECTED = "anna@example.com"


def tell_of_the_correction(scene: Scene) -> None:
    """Correct the address of a refused customer, and deliver."""
    tell, anna = scene.telling, str(scene.shop.anna)
    tell.chapter("A refused customer is corrected, and delivered")
    tell.say(
        f"Customer {anna} was refused in the first run, and not tried again while nothing about her changed. Now",
        f"somebody corrects the address in the shop, from {INVALID_ADDRESSES[0]} to {_CORRECTED}.",
    )
    scene.shop.change(f"UPDATE customers SET email = '{_CORRECTED}' WHERE customer_id = {anna}")
    _, requests = scene.run(NEWSLETTER, title="one address corrected", exit_code=0)
    user = scene.iterable.users().get(_CORRECTED)
    tell.check(
        requests.users == 1 and user is not None and user["customerId"] == scene.shop.anna,
        f"One user was sent, and {_CORRECTED} is at the sandbox now.",
    )
    history = scene.penstock.ask("history", NEWSLETTER, anna)
    outcomes = [entry["outcome"] for entry in history["entries"]]
    tell.check(
        outcomes == ["rejected", "skipped", "skipped", "delivered"],
        f"Her history, run by run: {', '.join(outcomes)}.",
    )


def tell_of_the_locked_schema(scene: Scene) -> None:
    """Show that success is not taken for delivery: an ignored attribute is withheld until it is accepted."""
    tell = scene.telling
    tell.chapter("An attribute that the destination ignores")
    tell.say(
        "Many Iterable projects are locked: an attribute that they do not know is ignored, and the answer is a",
        "success all the same. The sandbox is locked now, and a second activation wants to send `club_level`.",
    )
    scene.iterable.lock_schema()
    report, requests = scene.run(CLUB, title="club, attribute ignored", exit_code=1, shown=True)
    members = report["desired"]
    tell.check(
        requests.users == members and _with_club_level(scene) == 0,
        f"HTTP 200 for {members} users, and none of them has the attribute at the sandbox.",
    )
    tell.check(
        report["withheld"] == [{"field": "club_level", "records": members}],
        f"Penstock says so: `club_level` is withheld for {members} records, not delivered.",
    )
    tell.gap()
    tell.say("Now the field is added to the project, as its administrator would. The next run sends it:")
    member, level = min(truth.club_levels(scene.shop).items())
    scene.iterable.update_user(member, {"club_level": level}, new_fields=True)
    scene.iterable.new_requests()
    report, requests = scene.run(CLUB, title="club, attribute accepted", exit_code=0)
    tell.check(
        requests.users == members and len(requests.writes) == requests_needed(members),
        f"All {members} members of the club have been sent their level, without anybody asking for it again.",
    )
    tell.check(_with_club_level(scene) == members, f"And {members} users have it at the sandbox.")


def _with_club_level(scene: Scene) -> int:
    return sum("club_level" in user for user in scene.iterable.users().values())
