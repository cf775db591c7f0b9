"""Reading users back from a server that answers as no emulator does."""

import asyncio

import pytest

from penstock.destinations.zendesk.user_reads import MOST_IDS, User, UserReads
from penstock.errors import DestinationError
from tests.contract.destinations.scripted_server import http, scripted
from tests.contract.destinations.zendesk_session import settings, using

EMPTY = http(200, '{"users":[]}')


def by_ids(count: int, *answers: bytes) -> tuple[dict[int, User], list[str]]:
    async def main() -> tuple[dict[int, User], list[str]]:
        async with scripted(*answers) as server:
            found = await using(
                settings(server.url),
                lambda session: UserReads(session, credentials_fix="Look.").by_ids(range(10**9, 10**9 + count)),
            )
            return found, server.requests

    return asyncio.run(main())


def test_nobody_found_may_be_told_by_a_404() -> None:
    assert by_ids(3, http(404, '{"error":"RecordNotFound","description":"Not found"}'))[0] == {}


@pytest.mark.parametrize(
    "answer",
    [http(404, '{"error":"InvalidEndpoint","description":"Not found"}'), http(200, "<html>"), http(400, "{}")],
)
def test_what_is_no_answer_is_not_taken_for_nobody(answer: bytes) -> None:
    with pytest.raises(DestinationError):
        by_ids(3, answer)


def test_a_hundred_users_are_read_at_a_time() -> None:
    _, requests = by_ids(MOST_IDS + 1, EMPTY)
    assert len(requests) == 2


def test_odd_users_are_passed_over() -> None:
    found, _ = by_ids(1, http(200, '{"users":[{"id":1,"name":"x"},{"id":"2"},3,null]}'))
    assert found == {1: {"id": 1, "name": "x"}}
