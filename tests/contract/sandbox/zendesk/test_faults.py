"""Faults that only Zendesk has, and the shared ones as Zendesk answers them."""

from __future__ import annotations

import http.client
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk

MANY = "/users/create_or_update_many"
ON_MANY = {"on": f"POST /api/v2{MANY}"}
FOUR = [{"name": f"User {number}", "external_id": f"e{number}", "notes": "n"} for number in range(4)]


def job_of(zendesk: Zendesk, *users: dict[str, Any]) -> Any:
    return zendesk.ended(zendesk.start("POST", MANY, {"users": list(users)}))


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("429", 429, "Number of allowed API requests per minute exceeded"),
        ("503", 503, "Service Temporarily Unavailable"),
        ("500", 500, "InternalError"),
        ("409", 409, '{"error":"DatabaseConflict","description":"Database collision"}'),
        ("401", 401, "invalid_token"),
        ("nonsense", 200, "It works!"),
    ],
)
def test_answers_in_place_of_processing(zendesk: Zendesk, action: str, status: int, words: str) -> None:
    zendesk.faults({**ON_MANY, "nth": 1, "do": action})
    answer = zendesk.call("POST", f"{MANY}.json", {"users": FOUR})
    assert answer.status == status
    assert words in answer.text
    assert zendesk.get("/job_statuses")["job_statuses"] == []


def test_retry_after_as_wished(zendesk: Zendesk) -> None:
    zendesk.faults({**ON_MANY, "do": "503", "retry_after": 7, "nth": 1}, {**ON_MANY, "do": "503"})
    answers = [zendesk.call("POST", MANY, {"users": FOUR}) for _ in range(2)]
    assert [answer.headers["Retry-After"] for answer in answers] == ["7", None]


@pytest.mark.parametrize(("action", "users"), [("drop-before", 0), ("drop-after", 4)])
def test_a_lost_answer(zendesk: Zendesk, action: str, users: int) -> None:
    zendesk.faults({**ON_MANY, "nth": 1, "do": action})
    with pytest.raises(http.client.RemoteDisconnected):
        zendesk.call("POST", MANY, {"users": FOUR})
    assert len(zendesk.users()) == users
    assert [line["records"] for line in zendesk.lines("requests")] == [4]


def test_a_refused_record_is_a_failed_item(zendesk: Zendesk) -> None:
    zendesk.faults({**ON_MANY, "do": "reject-record", "record": "E2", "bucket": "DatabaseConflict"})
    job = job_of(zendesk, *FOUR)
    assert job["status"] == "completed"
    assert [each["status"] for each in job["results"]] == ["Created", "Created", "Failed", "Created"]
    assert (job["results"][2]["id"], job["results"][2]["error"]) == (2, "DatabaseConflict")
    zendesk.faults({"on": "POST /api/v2/users", "do": "reject-record"})
    assert zendesk.call("POST", "/users", {"user": {"name": "x"}}).status == 422


@pytest.mark.parametrize(("action", "status"), [("fail-job", "failed"), ("kill-job", "killed")])
def test_a_job_that_fails_half_way(zendesk: Zendesk, action: str, status: str) -> None:
    zendesk.faults({**ON_MANY, "do": action})
    job = job_of(zendesk, *FOUR)
    assert (job["status"], job["progress"], job["results"]) == (status, 0, None)
    assert job["message"].startswith(f"{status.capitalize()} at ")
    assert len(zendesk.users()) == 2


def test_a_slow_job(zendesk: Zendesk) -> None:
    zendesk.faults({**ON_MANY, "do": "slow-job", "seconds": 1})
    started = time.monotonic()
    job_of(zendesk, *FOUR)
    assert 0.5 < time.monotonic() - started < 5


def test_a_lost_job_does_its_work_unseen(zendesk: Zendesk) -> None:
    zendesk.faults({**ON_MANY, "do": "lose-job"})
    job_id = zendesk.start("POST", MANY, {"users": FOUR})
    assert len(zendesk.users()) == 4
    assert zendesk.call("GET", f"/job_statuses/{job_id}").status == 404
    assert zendesk.get(f"/job_statuses/show_many?ids={job_id}")["job_statuses"] == []


@pytest.mark.parametrize(("action", "results"), [("results-null", None), ("results-object", {"success": True})])
def test_results_that_are_no_list(zendesk: Zendesk, action: str, results: object) -> None:
    zendesk.faults({**ON_MANY, "do": action})
    job = job_of(zendesk, *FOUR)
    assert (job["status"], job["results"]) == ("completed", results)
    assert len(zendesk.users()) == 4


def test_results_in_another_order(zendesk: Zendesk) -> None:
    zendesk.faults({**ON_MANY, "do": "shuffle-results"})
    order = [each["external_id"] for each in job_of(zendesk, *FOUR)["results"]]
    assert sorted(order) == ["e0", "e1", "e2", "e3"] != order


def test_an_ignored_field_is_told_in_a_header(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    zendesk.faults({"on": "* /api/v2/users*", "do": "ignore-field", "field": "user_fields.plan"})
    answer = zendesk.call("POST", "/users", {"user": {"name": "Ana", "user_fields": {"plan": "pro"}}})
    assert answer.json()["user"]["user_fields"] == {"plan": None}
    assert '"user.user_fields.plan"' in answer.headers["X-Zendesk-API-Warn"]
    zendesk.faults({**ON_MANY, "do": "ignore-field", "field": "notes"})
    job_of(zendesk, FOUR[0])
    assert zendesk.users()[1]["notes"] is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"do": "wrong-counts"}, "'do' of a fault cannot be 'wrong-counts'"),
        ({"do": "slow-job"}, "'seconds' belongs to 'slow-job'"),
        ({"do": "ignore-field"}, "'field' belongs to 'ignore-field'"),
        ({"do": "409", "retry_after": 1}, "'retry_after' belongs to '429' and '503'"),
        ({"do": "reject-record", "bucket": "conflict"}, "Allowed: UserUpdateError"),
    ],
)
def test_mistaken_faults(zendesk: Zendesk, fault: dict[str, Any], words: str) -> None:
    answer = zendesk.call("POST", "/_sandbox/faults", [{**ON_MANY, **fault}])
    assert answer.status == 400
    assert words in f"{answer.json()['error']} {answer.json()['fix']}"
