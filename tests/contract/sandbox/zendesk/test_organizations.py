"""Organizations and memberships (contract, section 11)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk


def made(zendesk: Zendesk, name: str, **more: Any) -> Any:
    answer = zendesk.call("POST", "/organizations", {"organization": {"name": name, **more}})
    assert answer.status == 201, answer.text
    return answer.json()["organization"]


def joined(zendesk: Zendesk, user_id: int, organization_id: int) -> Any:
    membership = {"user_id": user_id, "organization_id": organization_id}
    return zendesk.call("POST", "/organization_memberships", {"organization_membership": membership})


def held(zendesk: Zendesk, user_id: int) -> dict[int, bool]:
    memberships = zendesk.get(f"/users/{user_id}/organization_memberships")["organization_memberships"]
    return {each["organization_id"]: each["default"] for each in memberships}


def test_an_organization(zendesk: Zendesk) -> None:
    organization = made(zendesk, "Acme", external_id="o-1", tags=["a"])
    assert zendesk.get(f"/organizations/{organization['id']}.json") == {"organization": organization}
    made(zendesk, "Aardvark")
    for query in ("search?external_id=O-1", "search?name=acme", "autocomplete?name=ac", "show_many?external_ids=o-1"):
        assert [each["name"] for each in zendesk.get(f"/organizations/{query}")["organizations"]] == ["Acme"]
    names = [each["name"] for each in zendesk.get("/organizations")["organizations"]]
    assert names == ["Aardvark", "Acme"]
    answer = zendesk.call("POST", "/organizations", {"organization": {"name": "ACME"}})
    assert answer.json()["details"]["name"][0]["description"] == "Name: has already been taken"
    path = f"/organizations/{organization['id']}"
    assert zendesk.call("PUT", path, {"organization": {"notes": "n"}}).json()["organization"]["notes"] == "n"


def test_a_users_organization_replaces_other_memberships(zendesk: Zendesk) -> None:
    first, second = made(zendesk, "First")["id"], made(zendesk, "Second")["id"]
    user = zendesk.create(name="Ana", organization_id=first)["id"]
    assert joined(zendesk, user, second).status == 201
    assert held(zendesk, user) == {first: True, second: False}
    assert joined(zendesk, user, second).status == 422
    assert zendesk.update(user, organization_id=second)["organization_id"] == second
    assert held(zendesk, user) == {second: True}
    assert zendesk.update(user, organization_id=None)["organization_id"] is None
    assert held(zendesk, user) == {}


def test_the_default_can_move_and_be_left(zendesk: Zendesk) -> None:
    first, second = made(zendesk, "First")["id"], made(zendesk, "Second")["id"]
    user = zendesk.create(name="Ana")["id"]
    joined(zendesk, user, first)
    membership = joined(zendesk, user, second).json()["organization_membership"]["id"]
    zendesk.call("PUT", f"/users/{user}/organization_memberships/{membership}/make_default")
    assert zendesk.user(user)["organization_id"] == second
    assert zendesk.call("DELETE", f"/users/{user}/organizations/{second}").status == 204
    assert zendesk.user(user)["organization_id"] == first
    assert zendesk.call("DELETE", f"/organizations/{first}").status == 204
    assert zendesk.user(user)["organization_id"] is None


def test_an_organization_by_name(zendesk: Zendesk) -> None:
    acme = made(zendesk, "Acme")["id"]
    assert zendesk.create(name="Ana", organization={"name": "acme"})["organization_id"] == acme
    created = zendesk.create(name="Bob", organization={"name": "New"})["organization_id"]
    assert zendesk.get(f"/organizations/{created}")["organization"]["name"] == "New"
    zendesk.settings(organization_by_name="ignore")
    assert zendesk.create(name="Cid", organization={"name": "Other"})["organization_id"] is None


def test_new_users_join_by_the_domain_of_their_address(zendesk: Zendesk) -> None:
    acme = made(zendesk, "Acme", domain_names=["acme.test"])["id"]
    assert zendesk.create(name="Ana", email="ana@acme.test")["organization_id"] == acme
    assert zendesk.create(name="Bob", email="bob@example.com")["organization_id"] is None


@pytest.mark.parametrize("wrong", [{"name": 5}, {"domain_names": [1]}, {"tags": "a"}, {"external_id": 5}])
def test_wrong_types_are_400(zendesk: Zendesk, wrong: dict[str, Any]) -> None:
    assert zendesk.call("POST", "/organizations", {"organization": {"name": "Acme", **wrong}}).status == 400


def test_five_updates_of_one_organization_a_minute(zendesk: Zendesk) -> None:
    if time.time() % 60 > 55:
        time.sleep(60 - time.time() % 60)
    path = f"/organizations/{made(zendesk, 'Acme')['id']}"
    answers = [zendesk.call("PUT", path, {"organization": {"notes": "n"}}).status for _ in range(6)]
    assert answers == [200] * 5 + [429]
