"""Bulk requests and their jobs (contract, sections 6 and 7)."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import running_zendesk

if TYPE_CHECKING:
    from tests.emulator import Zendesk

MANY = "/users/create_or_update_many"


def people(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"name": f"User {number}", "email": f"u{number}@example.com", "external_id": f"e{number}", **more}
        for number in range(count)
    ]


def test_the_queued_envelope(zendesk: Zendesk) -> None:
    zendesk.settings(job_seconds=60)
    answer = zendesk.call("POST", MANY, {"users": people(3)})
    assert answer.status == 200
    job = answer.json()["job_status"]
    assert re.fullmatch(r"V3-[0-9a-f]{32}", job["id"])
    assert job["url"] == f"{zendesk.url}/api/v2/job_statuses/{job['id']}.json"
    shown = {key: job[key] for key in ("total", "progress", "status", "message", "results")}
    assert shown == {"total": 3, "progress": None, "status": "queued", "message": None, "results": None}
    assert answer.headers["zendesk-ratelimit-inflight-jobs"] == "total=30; remaining=29"
    assert zendesk.users() == []


def test_a_jobs_life() -> None:
    with running_zendesk("--speed", "6") as zendesk:
        started = time.monotonic()
        job_id = zendesk.start("POST", MANY, {"users": people(100)})
        seen: list[tuple[str, float]] = []
        progress = 0
        while True:
            job = zendesk.get(f"/job_statuses/{job_id}")["job_status"]
            seen.append((job["status"], time.monotonic() - started))
            if job["status"] == "completed":
                break
            assert job["results"] is None
            if job["status"] == "queued":
                assert (job["progress"], job["message"]) == (None, None)
            else:
                assert job["progress"] >= progress
                progress = job["progress"]
                assert job["message"] == f"Creating User #{progress}"
                assert progress <= len(zendesk.users()) <= 100
            time.sleep(0.1)
        assert [status for status, _ in seen] == sorted(
            (status for status, _ in seen), key=["queued", "working", "completed"].index
        )
        assert {status for status, _ in seen} == {"queued", "working", "completed"}
        queued = max(at for status, at in seen if status == "queued")
        assert queued > seen[-1][1] / 2.5
        assert 12 / 6 * 0.7 < seen[-1][1] < 12 / 6 * 2.5
        assert (job["progress"], len(job["results"])) == (100, 100)
        assert re.fullmatch(r"Completed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000", job["message"])


def test_results_of_create_many(zendesk: Zendesk) -> None:
    users = [*people(2), {"name": "Nobody"}, {"name": "x", "email": "bad"}]
    results = zendesk.ended(zendesk.start("POST", "/users/create_many", {"users": users}))["results"]
    ids = [result["id"] for result in results]
    assert results == [
        {"id": ids[0], "status": "Created", "email": "u0@example.com", "external_id": "e0"},
        {"id": ids[1], "status": "Created", "email": "u1@example.com", "external_id": "e1"},
        {"id": ids[2], "status": "Created"},
        {
            "id": 3,
            "error": "UserCreateError",
            "details": "Name: Email: bad is not properly formatted",
            "status": "Failed",
        },
    ]
    again = zendesk.ended(zendesk.start("POST", "/users/create_many", {"users": people(1)}))["results"]
    assert again[0]["status"] == "Failed"
    assert "already being used by another user" in again[0]["details"]


def test_results_of_create_or_update_many(zendesk: Zendesk) -> None:
    known = zendesk.create(name="Known", external_id="e1")["id"]
    results = zendesk.upsert({"name": "", "email": "no@example.com"}, *people(2))
    assert [result["status"] for result in results] == ["Failed", "Created", "Updated"]
    assert (results[0]["id"], results[0]["error"]) == (0, "UserUpdateError")
    assert results[2] == {"id": known, "status": "Updated", "external_id": "e1", "email": "u1@example.com"}


def test_update_many_in_three_forms(zendesk: Zendesk) -> None:
    first, second = zendesk.create(name="A", external_id="A,1"), zendesk.create(name="B", external_id="b")
    ids = f"{second['id']},{first['id']}"
    results = zendesk.ended(zendesk.start("PUT", f"/users/update_many?ids={ids}", {"user": {"notes": "n"}}))[
        "results"
    ]
    assert results == [
        {"id": second["id"], "action": "update", "status": "Updated", "success": True},
        {"id": first["id"], "action": "update", "status": "Updated", "success": True},
    ]
    zendesk.ended(zendesk.start("PUT", "/users/update_many?external_ids=B", {"user": {"notes": "m"}}))
    batch = [{"id": first["id"], "external_id": "a"}, {"external_id": "B", "details": "d"}]
    zendesk.ended(zendesk.start("PUT", "/users/update_many.json", {"users": batch}))
    one, two = zendesk.user(first["id"]), zendesk.user(second["id"])
    assert (one["notes"], one["external_id"]) == ("n", "a")
    assert (two["notes"], two["details"], two["external_id"]) == ("m", "d", "B")


def test_an_unknown_user_of_update_many_has_several_shapes(zendesk: Zendesk) -> None:
    known = zendesk.create(name="A")["id"]
    batch = {"users": [{"id": 5}, {"external_id": "gone"}, {"id": known}]}
    shapes = {}
    for shape in ("action", "index", "omitted"):
        zendesk.settings(unknown_user=shape)
        shapes[shape] = zendesk.ended(zendesk.start("PUT", "/users/update_many", batch))["results"]
    assert shapes["action"][:2] == [
        {"id": 5, "action": "update", "status": "Failed", "success": False, "error": "UserNotFound"},
        {"external_id": "gone", "action": "update", "status": "Failed", "success": False, "error": "UserNotFound"},
    ]
    assert [result["id"] for result in shapes["index"]] == [0, 1, known]
    assert [result["id"] for result in shapes["omitted"]] == [known]


def test_destroy_many(zendesk: Zendesk) -> None:
    results = zendesk.upsert(*people(3))
    owner = zendesk.get("/users/me")["user"]["id"]
    ids = f"{results[0]['id']},{owner}"
    deleted = zendesk.ended(zendesk.start("DELETE", f"/users/destroy_many?ids={ids}"))["results"]
    assert deleted[0] == {"action": "delete", "id": results[0]["id"], "status": "Deleted", "success": True}
    assert deleted[1]["status"] == "Failed"
    zendesk.ended(zendesk.start("DELETE", "/users/destroy_many?external_ids=E1,e2"))
    assert [user["active"] for user in zendesk.users()] == [False, False, False]


def test_more_than_a_hundred_are_refused_at_once(zendesk: Zendesk) -> None:
    answer = zendesk.call("POST", "/users/create_many", {"users": people(101)})
    expected = {"error": "TooManyValues", "description": "Maximum 100 users may be created per call"}
    assert (answer.status, answer.json()) == (400, expected)
    for method, path in (("POST", MANY), ("PUT", "/users/update_many")):
        assert zendesk.call(method, path, {"users": people(101)}).json()["error"] == "TooManyValues"
    many = ",".join(map(str, range(101)))
    assert zendesk.call("DELETE", f"/users/destroy_many?ids={many}").json()["error"] == "TooManyValues"
    assert zendesk.get("/job_statuses")["job_statuses"] == []


def test_a_wrong_type_names_its_place_and_nothing_is_queued(zendesk: Zendesk) -> None:
    answer = zendesk.call("POST", "/users/create_many", {"users": [{"name": "a"}, {"id": None}]})
    assert answer.status == 400
    assert answer.json()["error"]["message"].endswith(
        "Invalid parameter: users.1.id must be an integer from api/v2/users/create_many"
    )
    bodies: list[object] = [{}, {"users": {}}, {"users": [1]}]
    for body in bodies:
        assert zendesk.call("POST", MANY, body).status == 400
    assert zendesk.get("/job_statuses")["job_statuses"] == []


def test_dropped_attributes_are_reported_once(zendesk: Zendesk) -> None:
    answer = zendesk.call("POST", MANY, {"users": people(3, url="x")})
    assert (
        ':action=>"create_or_update_many", :unpermitted_keys=>["users.url"]' in answer.headers["X-Zendesk-API-Warn"]
    )


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("generated", '{"error":"Forbidden","message":"Data imports are not enabled"}'),
        ("title-message", '{"error":{"title":"Forbidden","message":"Data imports are not enabled"}}'),
        ("description", '{"error":"Forbidden","description":"Data imports are not enabled"}'),
        ("text", "Data imports are not enabled"),
    ],
)
def test_the_gate(zendesk: Zendesk, shape: str, text: str) -> None:
    user = zendesk.create(name="A")["id"]
    zendesk.settings(bulk_import="off", bulk_import_error=shape)
    for path in (MANY, "/users/create_many"):
        answer = zendesk.call("POST", path, {"users": people(1)})
        assert (answer.status, answer.text) == (403, text)
    assert (
        zendesk.ended(zendesk.start("PUT", f"/users/update_many?ids={user}", {"user": {}}))["status"] == "completed"
    )


def test_thirty_jobs_and_no_more(zendesk: Zendesk) -> None:
    zendesk.settings(job_seconds=60)
    ids = [zendesk.start("POST", MANY, {"users": people(1)}) for _ in range(30)]
    answer = zendesk.call("PUT", "/users/update_many?ids=1", {"user": {}})
    assert answer.status == 429
    body = answer.json()
    assert body["error"] == "TooManyJobs"
    assert body["description"] == (
        "Too many UserBulkUpdateJobV2 jobs are currently queued or running. Try again later."
    )
    assert set(body["current_job_ids"]) == set(ids)
    assert answer.headers["Retry-After"] is None
    assert answer.headers["zendesk-ratelimit-inflight-jobs"] == "total=30; remaining=0"
    zendesk.settings(too_many_jobs_retry_after="on")
    assert zendesk.call("PUT", "/users/update_many?ids=1", {"user": {}}).headers["Retry-After"].isdecimal()
    zendesk.settings(max_jobs=31)
    assert zendesk.call("PUT", "/users/update_many?ids=1", {"user": {}}).status == 200


def test_job_statuses_by_id_many_and_all(zendesk: Zendesk) -> None:
    first = zendesk.start("POST", MANY, {"users": people(1)})
    second = zendesk.start("POST", MANY, {"users": people(2)})
    shown = zendesk.get(f"/job_statuses/show_many.json?ids={second},V3-unknown,{first}")["job_statuses"]
    assert [job["id"] for job in shown] == [second, first]
    assert [job["id"] for job in zendesk.get("/job_statuses")["job_statuses"]] == [second, first]
    assert zendesk.call("GET", "/job_statuses/V3-unknown").json()["error"] == "RecordNotFound"


def test_statuses_expire(zendesk: Zendesk) -> None:
    job = zendesk.start("POST", MANY, {"users": people(1)})
    zendesk.ended(job)
    zendesk.settings(job_kept_hours=0)
    time.sleep(0.01)
    assert zendesk.call("GET", f"/job_statuses/{job}").status == 404
    assert zendesk.get(f"/job_statuses/show_many?ids={job}")["job_statuses"] == []


def test_bulk_updates_may_count_per_user(zendesk: Zendesk) -> None:
    zendesk.settings(bulk_counts_per_user="on", user_updates_per_minute=1)
    zendesk.upsert(*people(1))
    statuses = [zendesk.upsert(*people(1))[0]["status"] for _ in range(3)]
    assert statuses[0] == "Updated"
    assert "Failed" in statuses
