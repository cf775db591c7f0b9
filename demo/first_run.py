"""The first run to Iterable, and what became of everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from demo import truth
from demo.dirt import INVALID_ADDRESSES, NOT_A_NUMBER
from demo.opening import FAVOURITE_SHOP
from demo.scene import NEWSLETTER, ZOES_ADDRESS, Scene, requests_needed


def tell_of_the_first_run(scene: Scene) -> Mapping[str, Any]:
    """Run for the first time, hold the result against the shop, and return the report."""
    tell = scene.telling
    tell.chapter("The first run to Iterable: everybody is sent")
    tell.say(
        "Penstock compares the segment with what the destination has confirmed, which is nothing yet, and sends the",
        "difference. These are its own words:",
    )
    report, requests = scene.run(NEWSLETTER, title="first run", exit_code=1, shown=True)
    users = scene.iterable.users()
    delivered, rejected = report["outcomes"]["delivered"], report["outcomes"]["rejected"]
    sent = delivered + rejected
    tell.check(
        requests.users == sent and len(requests.writes) == requests_needed(sent),
        f"{sent:,} users at up to 1,000 a request need {requests_needed(sent)} requests, and no more were made.",
    )
    tell.check(len(users) == delivered, f"The sandbox holds {len(users):,} users, as many as were delivered.")
    difference = truth.difference(truth.profiles(scene.shop), users)
    tell.check(not difference, "Every attribute of every user is what plain SQL finds in the shop.", difference)
    zoe = users[ZOES_ADDRESS]
    tell.check(
        zoe["favouriteShop"] == FAVOURITE_SHOP and zoe["firstName"] == "Zoë",
        "Zoë's old values are replaced, and the marketing team's own attribute is untouched.",
    )
    return report


def tell_of_everybody_else(scene: Scene, report: Mapping[str, Any]) -> None:
    """Account for all who were not delivered, reason by reason."""
    tell = scene.telling
    outcomes, desired = report["outcomes"], report["desired"]
    tell.chapter("Nobody is lost: an outcome for each, and a reason")
    tell.say(
        f"The segment has {desired:,} members: {outcomes['delivered']:,} delivered, {outcomes['rejected']} rejected",
        f"by Iterable, {outcomes['skipped']} skipped by Penstock before sending. Iterable's answer is a success",
        "(HTTP 200) even for a request with refused users in it; Penstock reads who they are.",
    )
    tell.gap()
    counts = _counts(report["reasons"])
    tell.check(
        outcomes["rejected"] == counts["invalid_email"] == len(INVALID_ADDRESSES),
        f"{len(INVALID_ADDRESSES)} addresses that no mail server would take: all rejected, and nobody else.",
    )
    sharing, missing = truth.sharing_an_address(scene.shop), truth.without_address(scene.shop)
    tell.check(
        (counts["duplicate_match_value"], counts["match_value_missing"]) == (sharing, missing),
        f"{sharing} share an address and would overwrite each other, {missing} have none: none of them was sent.",
    )
    tell.check(
        counts["unsendable_value"] == NOT_A_NUMBER,
        f"{NOT_A_NUMBER} scores are NaN, which JSON cannot carry: these customers were sent without the score.",
    )
    tell.check(sum(outcomes.values()) == desired, f"The outcomes add up to {desired:,}.")
    anna = str(scene.shop.anna)
    tell.gap()
    tell.say(f"What was sent for customer {anna}, one of the {len(INVALID_ADDRESSES)}, and what came back?")
    scene.penstock.show("history", NEWSLETTER, anna, exit_code=0)
    tell.gap()
    tell.say("And what is to be done, in the words of the report:")
    tell.quote(next(reason["fix"] for reason in report["reasons"] if reason["code"] == "invalid_email"))


def _counts(reasons: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {reason["code"]: reason["count"] for reason in reasons}
