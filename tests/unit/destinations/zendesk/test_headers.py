"""What answers say in their headers: limits in every spelling, attributes that were dropped, whom a 429 concerns."""

from datetime import UTC, datetime
from email.utils import format_datetime

import orjson
import pytest

from penstock.destinations.http.messages import Reply
from penstock.destinations.http.pacing import Throttling
from penstock.destinations.http.window_pace import Standing
from penstock.destinations.zendesk.api_warnings import dropped_places
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.limit_headers import EndpointLimit, read_endpoint_limit, read_standing
from penstock.destinations.zendesk.throttling import judge_throttling


def reply(headers: dict[str, str], *, status: int = 200, body: bytes = b"{}") -> Reply:
    return Reply(
        status=status, body=body, content_type="", headers={name.lower(): value for name, value in headers.items()}
    )


@pytest.mark.parametrize(
    ("headers", "standing"),
    [
        ({"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}, Standing(limit=700, remaining=699)),
        (
            {"rate-limit": "700", "rate-limit-remaining": "12", "rate-limit-reset": "17"},
            Standing(limit=700, remaining=12, resets_seconds=17),
        ),
        (
            {"RateLimit-Limit": "400", "RateLimit-Remaining": "0", "RateLimit-Reset": "1", "X-Rate-Limit": "700"},
            Standing(limit=400, remaining=0, resets_seconds=1),
        ),
        ({"ratelimit-limit": "700, 700;w=60"}, Standing(limit=700)),
        ({"ratelimit-limit": "many"}, Standing()),
        ({}, Standing()),
    ],
)
def test_limits_are_read_in_every_spelling(headers: dict[str, str], standing: Standing) -> None:
    assert read_standing(reply(headers)) == standing


@pytest.mark.parametrize(("second", "speed", "left"), [(0, 1.0, 60.0), (33, 1.0, 27.0), (3, 10.0, 3.0)])
def test_without_a_reset_the_answer_s_date_says_when_the_minute_ends(second: int, speed: float, left: float) -> None:
    date = format_datetime(datetime(2026, 11, 22, 12, 30, second, tzinfo=UTC), usegmt=True)
    assert read_standing(reply({"Date": date}), speed=speed).resets_seconds == pytest.approx(left)


def test_limits_of_endpoints_are_read() -> None:
    headers = {
        "zendesk-ratelimit-inflight-jobs": "total=30; remaining=29",
        "zendesk-rate-limit-create-update-user": "total=1;remaining=0 ; resets=17",
    }
    assert read_endpoint_limit(headers, "inflight-jobs") == EndpointLimit(total=30, remaining=29)
    assert read_endpoint_limit(headers, "create-update-user") == EndpointLimit(
        total=1, remaining=0, resets_seconds=17
    )
    assert read_endpoint_limit(headers, "search") is None
    assert read_endpoint_limit({"zendesk-ratelimit-search": "?"}, "search") == EndpointLimit()


@pytest.mark.parametrize(
    ("warning", "places"),
    [
        (
            '{:allowed_parameters=>{:unpermitted_keys=>["user.id", "user.name", "user"], :invalid_values=>[]}}',
            (Place(key="id"), Place(key="name")),
        ),
        ('Removed restricted keys ["url", "users.notes"] from parameters according to whitelist', ("url", "notes")),
        (
            '{:unpermitted_keys=>["users.0.user_fields.plan", "user_fields.size", "user.user_fields"]}',
            (
                Place(member="user_fields", key="plan"),
                Place(member="user_fields", key="size"),
                Place(key="user_fields"),
            ),
        ),
        ('{"unpermitted_keys": ["users.12.alias", "users.13.alias"]}', ("alias",)),
        ("", ()),
        ("something else", ()),
    ],
)
def test_dropped_attributes_are_named(warning: str, places: tuple[Place | str, ...]) -> None:
    wanted = tuple(each if isinstance(each, Place) else Place(key=each) for each in places)
    assert dropped_places({"x-zendesk-api-warn": warning}) == wanted


@pytest.mark.parametrize(
    ("body", "headers", "throttling"),
    [
        (orjson.dumps({"error": "TooManyJobs", "description": "Too many"}), {}, Throttling.CALLER),
        (b"You have exceeded the rate limit for updating a single unique user.", {}, Throttling.REQUEST),
        (b"Number of allowed API requests per minute exceeded", {}, Throttling.EVERYONE),
        (orjson.dumps({"error": "APIRateLimitExceeded"}), {}, Throttling.EVERYONE),
        (b"", {"Zendesk-RateLimit-create-update-user": "total=1; remaining=0; resets=1"}, Throttling.CALLER),
        (b"", {"zendesk-ratelimit-inflight-jobs": "total=30; remaining=0"}, Throttling.EVERYONE),
    ],
)
def test_whom_throttling_concerns(body: bytes, headers: dict[str, str], throttling: Throttling) -> None:
    assert judge_throttling(reply(headers, status=429, body=body)) is throttling
