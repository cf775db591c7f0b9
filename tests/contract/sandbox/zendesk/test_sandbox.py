"""The emulator as a process: both at once, state, reset, its own endpoints, its page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.emulator import running_both, running_zendesk

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def test_both_are_served_and_settings_find_theirs() -> None:
    settings = ("--set", "zendesk.role=agent", "--set", "iterable.new_fields=drop")
    with running_both(*settings) as (zendesk, iterable):
        assert zendesk.get("/users/me")["user"]["role"] == "agent"
        assert iterable.call("GET", "/_sandbox/settings").json()["new_fields"] == "drop"
        assert iterable.user("a@example.com") is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "iterable.new_fields=drop"), "not served. Add --iterable-port as well."),
        (("--set", "zendesk.rol=agent"), "Did you mean zendesk.role"),
        (("--set", "zendesk.role=boss"), "Allowed: admin | agent | end-user."),
        (("--set", "zendes.role=agent"), "Did you mean zendesk?"),
    ],
)
def test_mistaken_settings(arguments: tuple[str, ...], words: str) -> None:
    command = [sys.executable, "-m", "penstock.sandbox", "--zendesk-port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr.replace("\n", " ")


def test_a_restart_holds_users_fields_organizations_jobs_and_the_account(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path), "--set", "zendesk.job_seconds=0")
    with running_zendesk(*state) as zendesk:
        zendesk.field("plan")
        zendesk.upsert(
            {"name": "Ana", "email": "a@example.com", "organization": {"name": "A"}, "user_fields": {"plan": "p"}}
        )
        zendesk.settings(job_seconds=3)
        job_id = zendesk.start("POST", "/users/create_many", {"users": [{"name": "Late"}]})
        before = (zendesk.users(), zendesk.get("/users/me")["user"]["id"])
        os.kill(zendesk.process_id, signal.SIGKILL)
    with running_zendesk(*state) as zendesk:
        assert (zendesk.users()[:1], zendesk.get("/users/me")["user"]["id"]) == (before[0], before[1])
        assert [each["name"] for each in zendesk.get("/organizations")["organizations"]] == ["A"]
        assert zendesk.ended(job_id)["results"][0]["status"] == "Created"
        assert {user["name"] for user in zendesk.users()} == {"Ana", "Late"}


def test_a_reset_forgets_everything_and_becomes_another_account(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    user = zendesk.create(name="Ana", email="a@example.com")["id"]
    zendesk.upsert({"name": "Bob"})
    owner = zendesk.get("/users/me")["user"]
    zendesk.faults({"on": "GET *", "nth": 100, "do": "503"})
    zendesk.reset()
    assert zendesk.lines("requests") == []
    assert zendesk.call("GET", "/_sandbox/faults").json() == []
    assert zendesk.users() == []
    assert zendesk.get("/user_fields")["count"] == 0
    assert zendesk.get("/job_statuses")["job_statuses"] == []
    now = zendesk.get("/users/me")["user"]
    assert now["id"] != owner["id"]
    assert now["url"] != owner["url"]
    assert zendesk.create(name="Ana", email="a@example.com")["id"] != user


def test_requests_are_logged_with_the_users_they_carry(zendesk: Zendesk) -> None:
    zendesk.upsert({"name": "a"}, {"name": "b"})
    user = zendesk.create(name="c")["id"]
    zendesk.call("PUT", f"/users/update_many?ids={user},1,2", {"user": {"notes": "n"}})
    zendesk.call("POST", "/users/create_many", b"nonsense")
    lines = [line for line in zendesk.lines("requests?bodies=1") if line["method"] != "GET"]
    assert [(line["path"], line["records"], line["status"]) for line in lines] == [
        ("/api/v2/users/create_or_update_many", 2, 200),
        ("/api/v2/users", 1, 201),
        ("/api/v2/users/update_many", 3, 200),
        ("/api/v2/users/create_many", 0, 400),
    ]
    assert lines[0]["body"] == '{"users": [{"name": "a"}, {"name": "b"}]}'


def test_users_come_whole_and_without_the_owner(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="a@example.com", phone="+15550001")["id"]
    gone = zendesk.create(name="Gone", email="gone@example.com")["id"]
    zendesk.call("DELETE", f"/users/{gone}")
    users = {each["id"]: each for each in zendesk.users()}
    assert set(users) == {user, gone}
    assert users[gone]["active"] is False
    assert [each["type"] for each in users[user]["identities"]] == ["email", "phone_number"]
    shown = zendesk.user(user)
    assert {key: value for key, value in users[user].items() if key in shown and key != "url"} == {
        key: value for key, value in shown.items() if key != "url"
    }


def test_forgetting_deletes(zendesk: Zendesk) -> None:
    zendesk.create(name="Ana", email="a@example.com")
    assert zendesk.call("POST", "/_sandbox/forget", {"email": "a@example.com"}).status == 200
    assert zendesk.users()[0]["active"] is False
    assert zendesk.call("POST", "/_sandbox/forget", {"email": "a@example.com"}).status == 400


def test_the_page_shows_users_jobs_requests_and_switches(zendesk: Zendesk) -> None:
    empty = zendesk.call("GET", "/")
    assert empty.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "Nobody yet." in empty.text
    zendesk.field("plan")
    zendesk.upsert({"name": "<Ana>", "email": "ana+1@example.com", "user_fields": {"plan": "pro"}})
    page = zendesk.call("GET", "/").text
    for words in (
        "&lt;Ana&gt;",
        "ana+1@example.com",
        "V3-",
        "completed",
        "bulk_import",
        "any OAuth token",
        "/api/v2",
    ):
        assert words in page
    assert "<Ana>" not in page
    details = zendesk.call("GET", "/_sandbox/user?email=ana%2B1@example.com")
    assert (details.status, "user_fields.plan" in details.text) == (200, True)


def test_a_thousand_users_in_ten_jobs_side_by_side() -> None:
    with running_zendesk("--speed", "20") as zendesk:
        started = time.monotonic()
        ids = [
            zendesk.start(
                "POST",
                "/users/create_or_update_many",
                {
                    "users": [
                        {"name": f"U {n}", "external_id": f"e{n}", "email": f"u{n}@example.com", "verified": True}
                        for n in range(block * 100, block * 100 + 100)
                    ]
                },
            )
            for block in range(10)
        ]
        for job_id in ids:
            results = zendesk.ended(job_id)["results"]
            assert {each["status"] for each in results} == {"Created"}
        assert len({user["external_id"] for user in zendesk.users()}) == 1000
        assert time.monotonic() - started < 8
