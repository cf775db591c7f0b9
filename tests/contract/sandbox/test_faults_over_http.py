"""Injected faults as a client meets them."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.emulator import Emulator

KEY = "0123456789abcdef0123456789abcdef"
BULK = "/api/users/bulkUpdate"
ANA = {"email": "ana@example.com", "dataFields": {"plan": "pro"}}


async def post_with_aiohttp(url: str, count: int) -> list[str]:
    """What a pooled client makes of each of several bulk updates."""
    outcomes = []
    async with aiohttp.ClientSession(headers={"Api-Key": KEY}) as session:
        for _ in range(count):
            try:
                async with session.post(url + BULK, json={"users": [ANA]}) as response:
                    await response.read()
                    outcomes.append(str(response.status))
            except aiohttp.ClientError as error:
                outcomes.append(type(error).__name__)
    return outcomes


@pytest.mark.parametrize(("action", "users"), [("drop-before", 0), ("drop-after", 1)])
def test_a_dropped_connection_is_a_disconnected_server(emulator: Emulator, action: str, users: int) -> None:
    emulator.faults({"on": f"POST {BULK}", "do": action})
    assert asyncio.run(post_with_aiohttp(emulator.url, 1)) == ["ServerDisconnectedError"]
    assert len(emulator.lines("users")) == users
    (line,) = emulator.lines("requests")
    assert (line["status"], line["fault"], line["records"]) == (None, action, 1)


def test_a_drop_in_the_middle_of_a_pooled_connection(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "nth": 2, "do": "drop-after"})
    assert asyncio.run(post_with_aiohttp(emulator.url, 3)) == ["200", "ServerDisconnectedError", "200"]


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("429", 429, '"code":"RateLimitExceeded"'),
        ("503", 503, "<h1>503 Service Temporarily Unavailable</h1>"),
        ("500", 500, '"code":"GenericError"'),
        ("401", 401, '"msg":"Invalid API key"'),
        ("nonsense", 200, "<h1>It works!</h1>"),
    ],
)
def test_answers_in_place_of_processing(emulator: Emulator, action: str, status: int, words: str) -> None:
    emulator.faults({"on": "POST /api/users/*", "nth": 1, "do": action})
    answer = emulator.call("POST", BULK, {"users": [ANA]})
    assert answer.status == status
    assert words in answer.text
    assert "Retry-After" not in answer.headers
    assert emulator.lines("users") == []
    assert emulator.call("POST", BULK, {"users": [ANA]}).status == 200


def test_a_truncated_answer_is_whole_http_and_broken_json(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "nth": 1, "do": "truncate"})
    answer = emulator.call("POST", BULK, {"users": [ANA]})
    assert answer.status == 200
    assert answer.text.startswith('{"successCount":1,')
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(emulator.lines("users")) == 1


def test_a_delay_delays(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "do": "delay", "seconds": 0.3})
    started = time.perf_counter()
    emulator.bulk(ANA)
    assert time.perf_counter() - started >= 0.3


def test_a_delayed_request_ends_with_the_account_that_it_was_for(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "do": "delay", "seconds": 1})
    with ThreadPoolExecutor() as threads:
        delayed = threads.submit(emulator.bulk, ANA)
        while not emulator.call("GET", "/_sandbox/delayed", key=None).json()["requests"]:
            time.sleep(0.02)
        emulator.control("reset", None)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            delayed.result()
    assert emulator.lines("users") == emulator.lines("requests") == []
    assert emulator.call("GET", "/_sandbox/delayed", key=None).json() == {"requests": 0}


def test_a_rejected_record_is_not_applied_and_the_others_are(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "do": "reject-record", "record": "Ana@example.com", "nth": 1})
    answer = emulator.bulk({"email": "bob@example.com"}, ANA)
    assert (answer["successCount"], answer["failCount"]) == (1, 1)
    assert answer["failedUpdates"]["invalidDataEmails"] == ["ana@example.com"]
    assert [user["email"] for user in emulator.lines("users")] == ["bob@example.com"]
    assert "plan" not in emulator.fields()


def test_a_rejected_record_may_be_drawn_and_land_in_another_bucket(emulator: Emulator) -> None:
    fault = {"on": f"POST {BULK}", "do": "reject-record", "seed": 3, "bucket": "conflict"}
    users = [{"email": f"u{number}@example.com"} for number in range(50)]
    drawn = []
    for _ in range(2):
        emulator.faults(fault)
        (email,) = emulator.bulk(*users)["failedUpdates"]["conflictEmails"]
        drawn.append(email)
    assert drawn[0] == drawn[1]


def test_wrong_counts_do_not_add_up(emulator: Emulator) -> None:
    emulator.faults({"on": f"POST {BULK}", "do": "wrong-counts"})
    answer = emulator.bulk(ANA)
    assert answer["successCount"] + answer["failCount"] != 1
    assert len(emulator.lines("users")) == 1


def test_faults_are_listed_with_how_often_they_fired(emulator: Emulator) -> None:
    emulator.faults({"on": "GET /api/*", "nth": 2, "do": "503"})
    for _ in range(3):
        emulator.call("GET", "/api/lists")
    listed = emulator.call("GET", "/_sandbox/faults").json()
    assert listed == [{"on": "GET /api/*", "do": "503", "nth": 2, "seen": 3, "fired": 1}]
    emulator.faults()
    assert emulator.call("GET", "/_sandbox/faults").json() == []


def test_a_wrong_fault_is_400_and_leaves_the_others(emulator: Emulator) -> None:
    emulator.faults({"on": "GET /api/*", "do": "503"})
    answer = emulator.control("faults", [{"on": "GET /api/*", "do": "explode"}])
    assert answer.status == 400
    assert answer.json()["error"] == "'do' of a fault cannot be 'explode'."
    assert emulator.call("GET", "/api/lists").status == 503


def test_control_is_never_hit(emulator: Emulator) -> None:
    emulator.faults({"on": "* *", "do": "drop-before"})
    assert emulator.call("GET", "/_sandbox/settings").status == 200
    with pytest.raises(http.client.RemoteDisconnected):
        emulator.call("GET", "/api/lists")
