"""Limits, their headers and their 429s (contract, section 3)."""

from __future__ import annotations

import time

import pytest

from tests.emulator import running_zendesk


def test_the_account_limit_ends_with_the_clock_minute() -> None:
    # At this speed a minute lasts two seconds.
    with running_zendesk("--speed", "30", "--set", "zendesk.requests_per_minute=3") as zendesk:
        time.sleep(2 - time.time() % 2 + 0.05)
        answers = [zendesk.call("GET", "/user_fields") for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["X-Rate-Limit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        refused = answers[-1]
        assert refused.text == "Number of allowed API requests per minute exceeded"
        assert refused.headers["Content-Type"].startswith("text/plain")
        assert refused.headers["Retry-After"] in ("1", "2")
        assert zendesk.call("GET", "/users/me", authorization=None).status == 200
        time.sleep(2 - time.time() % 2 + 0.05)
        assert zendesk.call("GET", "/user_fields").status == 200


@pytest.mark.parametrize(
    ("year", "names"),
    [
        ("2021", {"X-Rate-Limit", "X-Rate-Limit-Remaining"}),
        (
            "2023",
            {"X-Rate-Limit", "X-Rate-Limit-Remaining", "rate-limit", "rate-limit-remaining", "rate-limit-reset"},
        ),
        (
            "2024",
            {
                "X-Rate-Limit",
                "X-Rate-Limit-Remaining",
                "ratelimit-limit",
                "ratelimit-remaining",
                "ratelimit-reset",
            },
        ),
        ("none", set()),
    ],
)
def test_headers_of_a_year(year: str, names: set[str]) -> None:
    with running_zendesk("--set", f"zendesk.headers={year}") as zendesk:
        headers = zendesk.call("GET", "/user_fields").headers
        assert {name for name in headers if "rate" in name.lower()} == {name.lower() for name in names}
        if year == "2024":
            assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("700", "699")
            assert 0 <= abs(int(headers["ratelimit-reset"]) - (60 - time.time() % 60)) < 2


def test_five_updates_of_one_user_a_minute() -> None:
    with running_zendesk("--set", "zendesk.write_per_second=off") as zendesk:
        if time.time() % 60 > 55:
            time.sleep(60 - time.time() % 60)
        user = {"user": {"name": "Ana", "external_id": "c-1"}}
        user_id = zendesk.call("POST", "/users/create_or_update", user).json()["user"]["id"]
        answers = [zendesk.call("PUT", f"/users/{user_id}", {"user": {"notes": str(number)}}) for number in range(6)]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        refused = answers[-1]
        assert refused.text == (
            "You have exceeded the rate limit for updating a single unique user. user email:  id:  external_id: "
        )
        assert refused.headers["Content-Type"].startswith("text/plain")
        assert abs(int(refused.headers["Retry-After"]) - (60 - time.time() % 60)) < 2
        assert int(refused.headers["X-Rate-Limit-Remaining"]) > 600
        assert zendesk.call("POST", "/users/create_or_update", user).status == 429
        assert zendesk.user(user_id)["notes"] == "4"


def test_one_write_a_second() -> None:
    with running_zendesk() as zendesk:
        first = zendesk.call("POST", "/users/create_or_update", {"user": {"name": "Ana"}})
        assert first.status == 201
        assert first.headers["zendesk-ratelimit-create-update-user"] == "total=1; remaining=0; resets=1"
        assert zendesk.call("POST", "/users/create_or_update", {"user": {"name": "Bob"}}).status == 429
        time.sleep(1.1)
        assert zendesk.call("POST", "/users/create_or_update", {"user": {"name": "Bob"}}).status == 201


def test_twenty_exports_a_minute() -> None:
    with running_zendesk() as zendesk:
        if time.time() % 60 > 55:
            time.sleep(60 - time.time() % 60)
        answers = [zendesk.call("GET", "/incremental/users/cursor?start_time=0") for _ in range(21)]
        assert [answer.status for answer in answers] == [200] * 20 + [429]
        assert "incremental" in answers[-1].text
