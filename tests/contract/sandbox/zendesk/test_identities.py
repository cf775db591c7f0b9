"""Identities and changing the primary address (contract, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def listed(zendesk: Zendesk, user_id: int) -> Any:
    return zendesk.get(f"/users/{user_id}/identities")["identities"]


def added(zendesk: Zendesk, user_id: int, value: str, **more: Any) -> Any:
    identity = {"type": "email", "value": value, **more}
    answer = zendesk.call("POST", f"/users/{user_id}/identities", {"identity": identity})
    assert answer.status == 201, answer.text
    return answer.json()["identity"]


@pytest.fixture
def ana(zendesk: Zendesk) -> int:
    user_id: int = zendesk.create(name="Ana", email="ana@example.com", verified=True)["id"]
    return user_id


def test_an_identity_as_recorded(zendesk: Zendesk, ana: int) -> None:
    answer = zendesk.get(f"/users/{ana}/identities")
    assert (answer["count"], answer["next_page"], answer["previous_page"]) == (1, None, None)
    (identity,) = answer["identities"]
    assert {key: identity[key] for key in ("user_id", "type", "value", "verified", "primary")} == {
        "user_id": ana,
        "type": "email",
        "value": "ana@example.com",
        "verified": True,
        "primary": True,
    }
    assert identity["deliverable_state"] == "reserved_example"
    assert zendesk.get(f"/users/{ana}/identities/{identity['id']}")["identity"] == identity
    assert added(zendesk, ana, "ana@acme.test")["deliverable_state"] == "deliverable"


def test_replacing_the_primary_address(zendesk: Zendesk, ana: int) -> None:
    (identity,) = listed(zendesk, ana)
    change = {"identity": {"value": "New@example.com", "verified": True, "primary": False}}
    answer = zendesk.call("PUT", f"/users/{ana}/identities/{identity['id']}", change)
    assert answer.status == 200
    assert answer.json()["identity"]["value"] == "new@example.com"
    assert '"identity.primary"' in answer.headers["X-Zendesk-API-Warn"]
    assert (zendesk.user(ana)["email"], zendesk.user(ana)["verified"]) == ("new@example.com", True)
    assert zendesk.create(name="Bob", email="ana@example.com")["id"] != ana


def test_promoting_a_second_address(zendesk: Zendesk, ana: int) -> None:
    second = added(zendesk, ana, "second@example.com", verified=True)
    answer = zendesk.call("PUT", f"/users/{ana}/identities/{second['id']}/make_primary")
    assert [(each["value"], each["primary"]) for each in answer.json()["identities"]] == [
        ("second@example.com", True),
        ("ana@example.com", False),
    ]
    assert zendesk.user(ana)["email"] == "second@example.com"


def test_a_taken_or_malformed_address_is_422(zendesk: Zendesk, ana: int) -> None:
    bob = zendesk.create(name="Bob", email="bob@example.com")["id"]
    (identity,) = listed(zendesk, bob)
    for method, path in (("POST", ""), ("PUT", f"/{identity['id']}")):
        for value, words in (("ANA@example.com", "already being used"), ("bad", "not properly formatted")):
            body = {"identity": {"type": "email", "value": value}}
            answer = zendesk.call(method, f"/users/{bob}/identities{path}", body)
            assert answer.status == 422
            assert words in answer.json()["details"]["value"][0]["description"]


def test_deleting_the_primary_promotes_nobody(zendesk: Zendesk, ana: int) -> None:
    added(zendesk, ana, "second@example.com")
    first = listed(zendesk, ana)[0]
    assert zendesk.call("DELETE", f"/users/{ana}/identities/{first['id']}").status == 204
    assert [each["primary"] for each in listed(zendesk, ana)] == [False]
    assert zendesk.user(ana)["email"] is None


def test_verifying_and_mails(zendesk: Zendesk, ana: int) -> None:
    quiet = added(zendesk, ana, "quiet@example.com", skip_verify_email=True)
    assert zendesk.users()[0]["verification_mails"] == 0
    loud = added(zendesk, ana, "loud@example.com")
    zendesk.call("PUT", f"/users/{ana}/identities/{loud['id']}/request_verification")
    assert zendesk.users()[0]["verification_mails"] == 2
    assert zendesk.call("PUT", f"/users/{ana}/identities/{quiet['id']}/verify").json()["identity"]["verified"] is True
    unverified = {"identity": {"verified": False}}
    answer = zendesk.call("PUT", f"/users/{ana}/identities/{quiet['id']}", unverified)
    assert answer.json()["identity"]["verified"] is True


def test_mistakes(zendesk: Zendesk, ana: int) -> None:
    path = f"/users/{ana}/identities"
    assert zendesk.call("POST", path, {}).status == 400
    assert zendesk.call("POST", path, {"identity": {"type": "email", "value": 5}}).status == 400
    assert zendesk.call("POST", path, {"identity": {"type": "carrier_pigeon", "value": "x"}}).status == 422
    forbidden = {"identity": {"type": "email", "value": "x@example.com", "verification_method": "full"}}
    assert zendesk.call("POST", path, forbidden).status == 400
    assert zendesk.call("GET", f"{path}/5").status == 404
    assert zendesk.call("GET", "/users/5/identities").status == 404
