"""Who may call what (contract, section 1)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


API_TOKEN = basic("ana@example.com/token:0123456789")


@pytest.mark.parametrize("authorization", [API_TOKEN, "Bearer abc"])
def test_both_forms_are_the_owner(zendesk: Zendesk, authorization: str) -> None:
    for path in ("/users/me", "/users/me.json"):
        user = zendesk.call("GET", path, authorization=authorization).json()["user"]
        assert isinstance(user["id"], int)
        assert user["id"] > 1 << 32
        assert (user["role"], user["active"]) == ("admin", True)
        assert user["authenticity_token"]
        assert zendesk.user(user["id"])["id"] == user["id"]


@pytest.mark.parametrize(
    "authorization",
    [None, basic("ana@example.com/token:wrong"), basic("ana@example.com:password"), basic("ana/token:x"), "Basic !"],
)
def test_nobody_is_200_with_no_id_for_oneself_and_401_elsewhere(zendesk: Zendesk, authorization: str | None) -> None:
    answer = zendesk.call("GET", "/users/me", authorization=authorization)
    assert answer.status == 200
    assert (answer.json()["user"]["id"], answer.json()["user"]["name"]) == (None, "Anonymous user")
    answer = zendesk.call("GET", "/users/search?query=x", authorization=authorization)
    assert (answer.status, answer.json()) == (401, {"error": "Couldn't authenticate you"})


def test_a_wrong_bearer_is_401_everywhere(zendesk: Zendesk) -> None:
    for path in ("/users/me", "/user_fields"):
        answer = zendesk.call("GET", path, authorization="Bearer wrong")
        assert answer.status == 401
        assert answer.json()["error"] == "invalid_token"
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_withdrawn_api_tokens(zendesk: Zendesk) -> None:
    zendesk.settings(api_tokens="off")
    assert zendesk.call("GET", "/users/me", authorization=API_TOKEN).json()["user"]["id"] is None
    assert zendesk.get("/users/me")["user"]["id"] is not None


def test_an_end_user_may_nothing_but_look_at_oneself(zendesk: Zendesk) -> None:
    zendesk.settings(role="end-user")
    assert zendesk.get("/users/me")["user"]["role"] == "end-user"
    answer = zendesk.call("GET", "/user_fields")
    assert answer.status == 403
    assert answer.json()["error"]["title"] == "Forbidden"
    assert answer.json()["error"]["message"].startswith("You do not have access to this page.")


def test_an_agent_may_change_end_users_only(zendesk: Zendesk) -> None:
    admin = zendesk.create(name="Admin", role="admin")["id"]
    user = zendesk.create(name="User")["id"]
    zendesk.settings(role="agent")
    assert zendesk.update(user, notes="seen")["notes"] == "seen"
    assert zendesk.call("PUT", f"/users/{admin}", {"user": {"notes": "x"}}).status == 403
    assert zendesk.call("POST", "/users/create_or_update_many", {"users": []}).status == 403
    change = {"users": [{"id": user, "notes": "a"}, {"id": admin, "notes": "b"}]}
    results = zendesk.ended(zendesk.start("PUT", "/users/update_many", change))["results"]
    assert [each["status"] for each in results] == ["Updated", "Failed"]


def test_scopes(zendesk: Zendesk) -> None:
    user = zendesk.create(name="User")["id"]
    zendesk.settings(scopes="users")
    assert zendesk.call("GET", f"/users/{user}").status == 200
    assert zendesk.call("GET", f"/users/{user}/identities").status == 403
    assert zendesk.call("GET", f"/users/{user}/identities", authorization=API_TOKEN).status == 200
    zendesk.settings(scopes="read")
    assert zendesk.call("GET", f"/users/{user}/identities").status == 200
    assert zendesk.call("PUT", f"/users/{user}", {"user": {}}).status == 403


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("PATCH", "/users/1"), ("POST", "/users/me"), ("DELETE", "/users")]
)
def test_an_unknown_route_is_404(zendesk: Zendesk, method: str, path: str) -> None:
    answer = zendesk.call(method, path)
    assert (answer.status, answer.json()) == (404, {"error": "InvalidEndpoint", "description": "Not found"})


def test_a_path_outside_of_the_api_is_404(zendesk: Zendesk) -> None:
    answer = zendesk.call("GET", "/_sandbox/nowhere")
    assert answer.status == 404
    assert json.loads(answer.text)["error"] == "InvalidEndpoint"
