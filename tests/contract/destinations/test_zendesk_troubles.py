"""Many batches at once through every trouble: nobody is made twice, and what is called delivered is there."""

import asyncio
import random

import pytest

from penstock.destinations.contract import Answer, Service
from tests.contract.destinations.unlinked import Unlinked
from tests.contract.destinations.zendesk_users import CREATE, UPDATE, batch, person, using
from tests.emulator import Zendesk

BATCHES, USERS = 40, 20
TROUBLES = {
    "drop-after": 0.1,
    "drop-before": 0.08,
    "503": 0.1,
    "409": 0.1,
    "429": 0.05,
    "500": 0.05,
    "truncate": 0.05,
    "fail-job": 0.1,
    "lose-job": 0.05,
    "shuffle-results": 0.08,
}
READS = {"GET /api/v2/job_statuses/*": "drop-after", "GET /api/v2/users/*": "503"}
MOST_ROUNDS = 15


def trouble(zendesk: Zendesk, chance: random.Random) -> None:
    zendesk.faults(
        *(
            {"on": write, "do": do, "rate": rate, "seed": chance.randrange(10**6)}
            | ({"retry_after": 0} if do == "429" else {})
            for write in (CREATE, UPDATE)
            for do, rate in TROUBLES.items()
        ),
        *({"on": on, "do": do, "rate": 0.1, "seed": chance.randrange(10**6)} for on, do in READS.items()),
    )


@pytest.mark.parametrize(("match_key", "seed"), [("external_id", 1), ("email", 2)])
def test_everybody_comes_through_once(fresh_zendesk: Zendesk, match_key: str, seed: int) -> None:
    fresh_zendesk.settings(requests_per_minute=2500, job_seconds=6)
    trouble(fresh_zendesk, random.Random(seed))

    def name(number: int) -> str:
        return f"u{number}@example.com" if match_key == "email" else f"e{number}"

    async def use(service: Service) -> dict[int, str]:
        found: dict[int, str] = {}
        due = dict.fromkeys(range(BATCHES), False)
        for _ in range(MOST_ROUNDS):
            sent = {
                each: batch(
                    [
                        {**person(number), match_key: name(number)}
                        for number in range(each * USERS, (each + 1) * USERS)
                    ],
                    first=each * USERS,
                    in_doubt=in_doubt,
                )
                for each, in_doubt in due.items()
            }
            answers = await asyncio.gather(*(service.deliver(each, Unlinked()) for each in sent.values()))
            for each, delivery in zip(sent, answers, strict=True):
                found.update(delivery.remote_ids)
                if delivery.answer is Answer.ANSWERED and not delivery.exceptions:
                    del due[each]
                elif delivery.answer is not Answer.NOT_SENT:
                    due[each] = True
        assert not due
        return found

    found = using(fresh_zendesk, use, match_key=match_key)
    users = {user[match_key]: str(user["id"]) for user in fresh_zendesk.users()}
    assert len(fresh_zendesk.users()) == BATCHES * USERS
    assert {name(number): remote_id for number, remote_id in found.items()} == users
