"""Which user an upsert means, and what becomes of it (contract, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def upsert(zendesk: Zendesk, **user: Any) -> tuple[int, Any]:
    answer = zendesk.call("POST", "/users/create_or_update", {"user": user})
    assert answer.status in (200, 201), answer.text
    assert answer.headers["Location"].endswith(f"/users/{answer.json()['user']['id']}.json")
    return answer.status, answer.json()["user"]


def test_new_and_known(zendesk: Zendesk) -> None:
    status, user = upsert(zendesk, name="Ana", external_id="c-1", email="ana@example.com")
    assert status == 201
    status, again = upsert(zendesk, external_id="C-1", notes="n")
    assert (status, again["id"], again["name"], again["external_id"]) == (200, user["id"], "Ana", "C-1")


def test_an_address_finds_the_user_and_the_external_id_is_set(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com")
    status, found = upsert(zendesk, email="Ana@example.com", external_id="c-1")
    assert (status, found["id"], found["external_id"]) == (200, user["id"], "c-1")
    status, found = upsert(zendesk, email="ana@example.com", external_id="c-2")
    assert (status, found["id"], found["external_id"]) == (200, user["id"], "c-2")


def test_a_secondary_address_finds_the_user(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com")
    zendesk.update(user["id"], email="second@example.com")
    status, found = upsert(zendesk, email="second@example.com", notes="n")
    assert (status, found["id"], found["email"]) == (200, user["id"], "ana@example.com")


def test_an_external_id_goes_before_an_address(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com", external_id="c-1")
    zendesk.create(name="Bob", email="bob@example.com")
    taken = {"user": {"external_id": "c-1", "email": "bob@example.com"}}
    answer = zendesk.call("POST", "/users/create_or_update", taken)
    assert answer.status == 422
    assert "already being used by another user" in answer.text
    status, found = upsert(zendesk, external_id="c-1", email="free@example.com", skip_verify_email=True)
    assert (status, found["email"]) == (200, "ana@example.com")
    values = [each["value"] for each in zendesk.get(f"/users/{user['id']}/identities")["identities"]]
    assert values == ["ana@example.com", "free@example.com"]


def test_with_neither_key_there_is_always_a_new_user(zendesk: Zendesk) -> None:
    assert upsert(zendesk, name="Ana")[1]["id"] != upsert(zendesk, name="Ana")[1]["id"]


def test_a_new_user_needs_a_name(zendesk: Zendesk) -> None:
    answer = zendesk.call("POST", "/users/create_or_update", {"user": {"external_id": "c-1"}})
    assert answer.status == 422
