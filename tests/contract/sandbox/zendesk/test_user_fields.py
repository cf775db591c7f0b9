"""User fields and their values (contract, section 10), and the tags they bring (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk

OPTIONS = [{"name": "Gold", "value": "tier_gold"}, {"name": "Silver", "value": "tier_silver"}]


def test_a_field_as_recorded(zendesk: Zendesk) -> None:
    answer = zendesk.call("POST", "/user_fields", {"user_field": {"key": "k", "title": "T", "description": "D"}})
    assert answer.status == 201
    field = answer.json()["user_field"]
    assert answer.headers["Location"] == field["url"]
    shown = {key: value for key, value in field.items() if key not in ("url", "id", "created_at", "updated_at")}
    assert shown == {
        "type": "text",
        "key": "k",
        "title": "T",
        "description": "D",
        "raw_title": "T",
        "raw_description": "D",
        "position": 9999,
        "active": True,
        "system": False,
        "regexp_for_validation": None,
    }
    assert zendesk.get("/user_fields/k") == zendesk.get(f"/user_fields/{field['id']}.json") == {"user_field": field}
    listed = zendesk.get("/user_fields")
    assert (listed["user_fields"], listed["count"], listed["next_page"]) == ([field], 1, None)


def test_options_keep_their_ids_and_those_left_out_are_gone(zendesk: Zendesk) -> None:
    field = zendesk.field("tier", "dropdown", custom_field_options=OPTIONS)
    first = field["custom_field_options"][0]
    assert (first["name"], first["raw_name"], first["value"]) == ("Gold", "Gold", "tier_gold")
    change = {"user_field": {"custom_field_options": OPTIONS[:1], "type": "text", "id": 1}}
    answer = zendesk.call("PUT", "/user_fields/tier", change)
    assert answer.json()["user_field"]["custom_field_options"] == [first]
    assert answer.json()["user_field"]["type"] == "dropdown"
    assert '"user_field.id"' in answer.headers["X-Zendesk-API-Warn"]


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ({"key": "taken", "title": "T"}, "key"),
        ({"key": "with space", "title": "T"}, "key"),
        ({"key": "123", "title": "T"}, "key"),
        ({"key": "k"}, "title"),
        ({"title": "T"}, "key"),
        ({"key": "k", "title": "T", "type": "colour"}, "type"),
        ({"key": "k", "title": "T", "type": "regexp"}, "regexp_for_validation"),
        ({"key": "k", "title": "T", "type": "dropdown"}, "custom_field_options"),
    ],
)
def test_what_cannot_be_a_field(zendesk: Zendesk, field: dict[str, Any], attribute: str) -> None:
    zendesk.field("taken")
    answer = zendesk.call("POST", "/user_fields", {"user_field": field})
    assert answer.status == 422
    assert list(answer.json()["details"]) == [attribute]


def test_a_body_without_a_field_is_400(zendesk: Zendesk) -> None:
    assert zendesk.call("POST", "/user_fields", {"key": "k"}).status == 400
    for wrong in ({"key": 5}, {"position": "first"}, {"active": "yes"}, {"custom_field_options": "a"}):
        assert zendesk.call("POST", "/user_fields", {"user_field": {"key": "k", "title": "T", **wrong}}).status == 400


def test_a_deleted_fields_key_can_be_used_again_without_its_values(zendesk: Zendesk) -> None:
    zendesk.field("k")
    user = zendesk.create(name="Ana", user_fields={"k": "old"})["id"]
    assert zendesk.call("DELETE", "/user_fields/k").status == 204
    assert zendesk.user(user)["user_fields"] == {}
    assert zendesk.call("GET", "/user_fields/k").status == 404
    zendesk.field("k", "integer")
    assert zendesk.user(user)["user_fields"] == {"k": None}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", "a", "a"),
        ("textarea", "a\nb", "a\nb"),
        ("integer", 3039, 3039),
        ("decimal", 2.5, 2.5),
        ("decimal", 2, 2),
        ("checkbox", True, True),
        ("checkbox", 1, True),
        ("checkbox", None, False),
        ("date", "2020-08-19", "2020-08-19T00:00:00+00:00"),
        ("date", "2020-08-19T20:50:04.000Z", "2020-08-19T00:00:00+00:00"),
        ("date", None, None),
        ("dropdown", "tier_gold", "tier_gold"),
        ("multiselect", ["tier_silver", "tier_gold"], ["tier_silver", "tier_gold"]),
        ("regexp", "ab", "ab"),
        ("lookup", 12, 12),
    ],
)
def test_values(zendesk: Zendesk, kind: str, value: object, shown: object) -> None:
    _field(zendesk, kind)
    user = zendesk.create(name="Ana", user_fields={"k": value})
    assert user["user_fields"] == {"k": shown}
    assert zendesk.user(user["id"])["user_fields"] == {"k": shown}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("integer", "5"),
        ("integer", 5.5),
        ("integer", True),
        ("decimal", "5"),
        ("checkbox", "True"),
        ("date", "19.08.2020"),
        ("date", "2020-02-30"),
        ("date", 5),
        ("dropdown", "Gold"),
        ("multiselect", "tier_gold"),
        ("multiselect", ["Gold"]),
        ("regexp", "123"),
    ],
)
def test_wrong_values_are_422_or_a_failed_item(zendesk: Zendesk, kind: str, value: object) -> None:
    _field(zendesk, kind)
    answer = zendesk.call("POST", "/users", {"user": {"name": "Ana", "user_fields": {"k": value}}})
    assert answer.status == 422
    assert list(answer.json()["details"]) == ["k"]
    (result,) = zendesk.upsert({"name": "Ana", "user_fields": {"k": value}})
    assert (result["id"], result["status"]) == (0, "Failed")
    assert zendesk.users() == []


def test_fields_merge(zendesk: Zendesk) -> None:
    zendesk.field("a")
    zendesk.field("b")
    user = zendesk.create(name="Ana", user_fields={"a": "1", "b": "2"})["id"]
    assert zendesk.update(user, user_fields={"b": None})["user_fields"] == {"a": "1", "b": None}


def test_tags_replace_and_those_of_fields_are_merged_in(zendesk: Zendesk) -> None:
    zendesk.field("vip", "checkbox", tag="is_vip")
    zendesk.field("tier", "dropdown", custom_field_options=OPTIONS)
    user = zendesk.create(name="Ana", tags=["b", "a"], user_fields={"vip": True, "tier": "tier_gold"})
    assert user["tags"] == ["b", "a", "is_vip", "tier_gold"]
    assert zendesk.user(user["id"])["tags"] == ["a", "b", "is_vip", "tier_gold"]
    assert set(zendesk.update(user["id"], tags=["c"])["tags"]) == {"c", "is_vip", "tier_gold"}
    changed = zendesk.update(user["id"], user_fields={"vip": False, "tier": "tier_silver"})
    assert set(changed["tags"]) == {"c", "tier_silver"}
    assert zendesk.update(user["id"], tags=[], user_fields={"tier": None})["tags"] == []


def _field(zendesk: Zendesk, kind: str) -> None:
    more: dict[str, Any] = {}
    if kind in ("dropdown", "multiselect"):
        more["custom_field_options"] = OPTIONS
    if kind == "regexp":
        more["regexp_for_validation"] = r"\A[a-z]+\z"
    if kind == "lookup":
        more["relationship_target_type"] = "zen:user"
    zendesk.field("k", kind, **more)
