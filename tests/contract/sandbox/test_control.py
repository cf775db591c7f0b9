"""The sandbox's control endpoints."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator import Emulator


def test_every_api_request_is_logged_and_control_is_not(emulator: Emulator) -> None:
    emulator.bulk({"email": "a@example.com"}, {"email": "b@example.com"})
    emulator.update(email="a@example.com")
    emulator.call("GET", "/api/users/getByEmail?email=a%40example.com")
    emulator.call("GET", "/api/nowhere")
    emulator.call("POST", "/api/users/bulkUpdate", {"users": [{}]}, key="wrong")
    lines = emulator.lines("requests")
    assert [(line["method"], line["path"], line["status"], line["records"]) for line in lines] == [
        ("POST", "/api/users/bulkUpdate", 200, 2),
        ("POST", "/api/users/update", 200, 1),
        ("GET", "/api/users/getByEmail", 200, 0),
        ("GET", "/api/nowhere", 404, 0),
        ("POST", "/api/users/bulkUpdate", 401, 1),
    ]
    assert lines[2]["query"] == "email=a%40example.com"
    assert set(lines[0]) == {"time", "method", "path", "status", "bytes", "records"}


def test_bodies_are_given_on_request(emulator: Emulator) -> None:
    body = b'{"users":[{"email":"a@example.com"}]}'
    emulator.call("POST", "/api/users/bulkUpdate", body)
    (line,) = emulator.lines("requests?bodies=1")
    assert (line["bytes"], line["body"]) == (len(body), body.decode())


def test_users_are_given_with_every_attribute_in_order(emulator: Emulator) -> None:
    emulator.bulk(*({"email": f"u{number:04}@example.com", "dataFields": {"n": number}} for number in range(2500)))
    users = emulator.lines("users")
    assert [user["dataFields"]["n"] for user in users] == list(range(2500))
    assert users[7] == emulator.user("u0007@example.com")


def test_a_reset_forgets_everything_and_becomes_another_project(emulator: Emulator) -> None:
    before = emulator.project()
    emulator.bulk({"email": "a@example.com", "dataFields": {"plan": "pro"}})
    emulator.control("forget", {"email": "a@example.com"})
    emulator.faults({"on": "GET /api/*", "nth": 100, "do": "503"})
    assert emulator.control("reset", None).status == 200
    assert emulator.lines("requests") == []
    assert emulator.lines("users") == []
    assert emulator.call("GET", "/_sandbox/faults").json() == []
    assert "plan" not in emulator.fields()
    assert emulator.project() != before
    assert emulator.bulk({"email": "a@example.com"})["successCount"] == 1


def test_settings_change_at_run_time(emulator: Emulator) -> None:
    answer = emulator.control("settings", {"new_fields": "drop", "iterable.max_fields": 5, "visibility_seconds": 0.5})
    assert answer.status == 200
    settings = emulator.call("GET", "/_sandbox/settings").json()
    assert (settings["new_fields"], settings["max_fields"], settings["visibility_seconds"]) == ("drop", "5", "0.5")


@pytest.mark.parametrize(
    ("endpoint", "body", "words"),
    [
        ("settings", {"new_field": "drop"}, "Did you mean iterable.new_fields (allow | drop)?"),
        ("settings", {"new_fields": "maybe"}, "Allowed: allow | drop."),
        ("settings", ["new_fields"], "JSON object"),
        ("faults", {"on": "x"}, "JSON list"),
        ("faults", b"[", "not JSON"),
        ("forget", {}, "Nobody to forget."),
        ("forget", {"email": "nobody"}, "not an e-mail address"),
    ],
)
def test_mistakes_are_400_with_a_next_step(emulator: Emulator, endpoint: str, body: object, words: str) -> None:
    answer = emulator.control(endpoint, body)
    assert answer.status == 400
    assert words in f"{answer.json()['error']} {answer.json()['fix']}"


def test_another_sites_page_may_not_control(emulator: Emulator) -> None:
    request = urllib.request.Request(f"{emulator.url}/_sandbox/reset", data=b"", method="POST")
    request.add_header("Sec-Fetch-Site", "cross-site")
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        urllib.request.urlopen(request)
    caught.value.close()
