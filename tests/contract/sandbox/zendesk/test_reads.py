"""Reading users (contract, section 9)."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from tests.emulator import running_zendesk

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def followed(zendesk: Zendesk, url: str) -> str:
    """The path of a link of the API, which leads to this emulator."""
    assert url.startswith(f"{zendesk.url}/api/v2/")
    parts = urlsplit(url)
    return f"{parts.path.removeprefix('/api/v2')}?{parts.query}"


def filled(zendesk: Zendesk, count: int) -> list[int]:
    """The ids of so many new users."""
    users = [{"name": f"U {number}", "external_id": f"e{number}"} for number in range(count)]
    results = [result for start in range(0, count, 100) for result in zendesk.upsert(*users[start : start + 100])]
    return [result["id"] for result in results]


def test_show_many_is_ordered_by_id_and_leaves_out_the_unknown(zendesk: Zendesk) -> None:
    ids = filled(zendesk, 5)
    assert ids != sorted(ids)
    answer = zendesk.get(f"/users/show_many?ids={','.join(map(str, ids))},5,x")
    assert [user["id"] for user in answer["users"]] == sorted(ids)
    assert (answer["count"], answer["next_page"], answer["previous_page"]) == (5, None, None)
    assert zendesk.get("/users/show_many?external_ids=E0,e3,none")["count"] == 2
    many = ",".join(map(str, range(101)))
    assert zendesk.call("GET", f"/users/show_many?ids={many}").json()["error"] == "TooManyValues"


def test_show_many_includes_identities_and_organizations(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com", organization={"name": "Acme"})
    answer = zendesk.get(f"/users/show_many?ids={user['id']}&include=identities,organizations")
    assert [(each["user_id"], each["value"]) for each in answer["identities"]] == [(user["id"], "ana@example.com")]
    assert [each["name"] for each in answer["organizations"]] == ["Acme"]


def test_search(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana Fenwick", email="user@example.com", external_id="C-1", tags=["vip"])
    zendesk.create(name="Bob", email="otheruser@example.com")
    zendesk.update(user["id"], email="second@example.com")
    found = {
        query: [each["name"] for each in zendesk.get(f"/users/search?query={quote(query)}")["users"]]
        for query in (
            'email:"user@example.com"',
            "email:second@example.com",
            "type:user email:USER@example.com",
            "user@example.com",
            "fenwick",
            "tags:vip",
            "fenwick bob",
        )
    }
    assert found == {query: [] if query == "fenwick bob" else ["Ana Fenwick"] for query in found}
    assert [each["id"] for each in zendesk.get("/users/search?external_id=c-1")["users"]] == [user["id"]]
    assert zendesk.get("/users/search?external_id=C")["count"] == 0
    assert zendesk.get("/users/search?external_ids=c-1")["count"] == 3
    several = "/users/search?query=" + quote("email:user@example.com email:otheruser@example.com")
    assert zendesk.get(several)["count"] == 2
    zendesk.settings(search_same_keyword="and")
    assert zendesk.get(several)["count"] == 0
    answer = zendesk.call("GET", "/users/search?external_id=C-1")
    assert answer.headers["Cache-Control"] == "max-age=10, private"
    assert answer.json()["users"][0]["email"] == "user@example.com"
    zendesk.settings(search_email="searched")
    assert zendesk.get("/users/search?query=email:second@example.com")["users"][0]["email"] == "second@example.com"


def test_search_lags_behind() -> None:
    with running_zendesk("--speed", "100", "--set", "zendesk.search_lag_seconds=100") as zendesk:
        zendesk.create(name="Ana", external_id="c-1")
        assert zendesk.get("/users/search?external_id=c-1")["count"] == 0
        assert zendesk.get("/users/show_many?external_ids=c-1")["count"] == 1
        time.sleep(1.1)
        assert zendesk.get("/users/search?external_id=c-1")["count"] == 1


def test_pages_by_cursor_end_with_an_empty_one(zendesk: Zendesk) -> None:
    ids = filled(zendesk, 9)
    path, seen, pages = "/users?page[size]=5", list[int](), 0
    while True:
        page = zendesk.get(path)
        pages += 1
        seen.extend(user["id"] for user in page["users"])
        if not page["meta"]["has_more"]:
            break
        assert page["meta"]["after_cursor"]
        path = followed(zendesk, page["links"]["next"])
    owner = zendesk.get("/users/me")["user"]["id"]
    assert seen == sorted([*ids, owner])
    assert (pages, page["users"], page["links"]["next"]) == (3, [], None)
    assert page["meta"] == {"has_more": False, "after_cursor": None, "before_cursor": None}
    assert zendesk.call("GET", "/users?page[after]=!").status == 400


def test_pages_by_offset(zendesk: Zendesk) -> None:
    filled(zendesk, 9)
    page = zendesk.get("/users.json?per_page=6")
    assert (len(page["users"]), page["count"], page["previous_page"]) == (6, 10, None)
    page = zendesk.get(followed(zendesk, page["next_page"]))
    assert (len(page["users"]), page["next_page"]) == (4, None)
    assert page["previous_page"]
    answer = zendesk.call("GET", "/users?page=101")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (400, "InvalidPaginationDepth")


def test_filters_and_count(zendesk: Zendesk) -> None:
    filled(zendesk, 3)
    zendesk.create(name="Agent", role="agent", external_id="agent")
    assert zendesk.get("/users?role=agent")["count"] == 1
    assert zendesk.get("/users?role[]=agent&role[]=admin")["count"] == 2
    assert zendesk.get("/users?external_id=E1")["count"] == 1
    count = zendesk.get("/users/count")["count"]
    assert count["value"] == 5
    assert count["refreshed_at"].endswith("Z")


def test_the_incremental_export() -> None:
    with running_zendesk("--speed", "600", "--set", "zendesk.requests_per_minute=off") as zendesk:
        start = int(time.time()) - 5
        zendesk.ended(zendesk.start("POST", "/users/create_many", {"users": [{"name": f"U {n}"} for n in range(5)]}))
        gone = zendesk.create(name="Gone", email="gone@example.com")["id"]
        zendesk.call("DELETE", f"/users/{gone}")
        assert zendesk.get(f"/incremental/users/cursor?start_time={start}")["end_of_stream"] is True
        time.sleep(1.2)
        path, users = f"/incremental/users/cursor.json?start_time={start}&per_page=4", []
        while True:
            page = zendesk.get(path)
            users.extend(page["users"])
            assert (page["before_url"], page["before_cursor"]) == (None, None)
            assert base64.b64decode(page["after_cursor"]).decode().count("||") == 1
            if page["end_of_stream"]:
                break
            assert "per_page=4" in page["after_url"]
            path = followed(zendesk, page["after_url"])
        assert [user["name"] for user in users if not user["active"]] == ["Gone"]
        assert len({user["id"] for user in users}) == len(users) == 7
        resumed = zendesk.get(f"/incremental/users/cursor?cursor={page['after_cursor']}")
        assert (resumed["users"], resumed["after_cursor"]) == ([], page["after_cursor"])
        assert "per_page" not in resumed["after_url"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("start_time=99999999999", "StartTimeTooRecent"),
        ("start_time=x", "InvalidValue"),
        ("cursor=!", "InvalidCursor"),
    ],
)
def test_mistaken_exports(zendesk: Zendesk, query: str, code: str) -> None:
    answer = zendesk.call("GET", f"/incremental/users/cursor?{query}")
    assert (answer.status, answer.json()["error"]) == (400, code)


def test_the_last_minute_is_too_recent(zendesk: Zendesk) -> None:
    recent = int(time.time()) - 30
    answer = zendesk.call("GET", f"/incremental/users/cursor?start_time={recent}")
    assert answer.json()["error"] == "StartTimeTooRecent"
