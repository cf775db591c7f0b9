"""Writing one user (contract, sections 2, 4, 5 and 12)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Zendesk

KEYS = [
    "id", "url", "name", "email", "created_at", "updated_at", "time_zone", "iana_time_zone", "phone",
    "shared_phone_number", "photo", "locale_id", "locale", "organization_id", "role", "verified", "external_id",
    "tags", "alias", "active", "shared", "shared_agent", "last_login_at", "two_factor_auth_enabled", "signature",
    "details", "notes", "role_type", "custom_role_id", "moderator", "ticket_restriction", "only_private_comments",
    "restricted_agent", "suspended", "default_group_id", "report_csv", "user_fields",
]  # fmt: skip


def refused(zendesk: Zendesk, method: str, path: str, **user: Any) -> Any:
    """The body of a 422."""
    answer = zendesk.call(method, path, {"user": user})
    assert answer.status == 422, answer.text
    assert answer.json()["error"] == "RecordInvalid"
    assert answer.json()["description"] == "Record validation errors"
    return answer.json()["details"]


def test_a_bare_user_has_the_recorded_defaults(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    zendesk.field("vip", "checkbox")
    answer = zendesk.call("POST", "/users.json", {"user": {"name": "testUser"}})
    user = answer.json()["user"]
    assert list(user) == KEYS
    assert answer.headers["Location"] == user["url"]
    assert user["url"] == f"{zendesk.url}/api/v2/users/{user['id']}.json"
    assert user["created_at"] == user["updated_at"]
    assert len(user["created_at"]) == len("2021-11-15T23:20:11Z")
    for key in ("email", "phone", "external_id", "alias", "organization_id", "notes", "details", "last_login_at"):
        assert user[key] is None
    for key in ("verified", "suspended", "moderator", "shared", "report_csv"):
        assert user[key] is False
    assert (user["role"], user["tags"], user["active"], user["locale"]) == ("end-user", [], True, "en-US")
    assert (user["ticket_restriction"], user["restricted_agent"], user["locale_id"]) == ("requested", True, 1)
    assert (user["time_zone"], user["iana_time_zone"]) == ("Arizona", "America/Phoenix")
    assert user["user_fields"] == {"plan": None, "vip": False}


def test_plain_attributes(zendesk: Zendesk) -> None:
    given = {
        "notes": "n", "details": "d", "suspended": True, "moderator": True, "only_private_comments": True,
        "ticket_restriction": "organization", "time_zone": "Berlin", "role": "agent", "signature": "s",
    }  # fmt: skip
    user = zendesk.create(name="Ana", locale="de", locale_id=1, **given)
    assert {key: user[key] for key in given} == given
    assert (user["locale"], user["locale_id"], user["iana_time_zone"]) == ("de", 8, "Europe/Berlin")
    assert zendesk.update(user["id"], locale_id=16)["locale"] == "fr"
    assert zendesk.update(user["id"], notes=None)["notes"] is None


def test_addresses_are_lowered_and_trimmed_and_unique(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email=" Ana@Example.com ")
    assert user["email"] == "ana@example.com"
    expected = {
        "email": [
            {"description": "Email: ana@example.com is already being used by another user", "error": "DuplicateValue"}
        ]
    }
    assert refused(zendesk, "POST", "/users", name="Bob", email="ANA@example.com") == expected
    bob = zendesk.create(name="Bob")["id"]
    assert refused(zendesk, "PUT", f"/users/{bob}", email="ana@example.com") == expected


def test_what_a_user_cannot_be(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", external_id="A-1")["id"]
    details = refused(zendesk, "POST", "/users", name="x", email="badmail")
    assert details == {"email": [{"description": "Email: badmail is not properly formatted"}]}
    for name in ("", " ", None):
        details = refused(zendesk, "POST", "/users", name=name)
        assert details["name"][0]["description"] == "Name: is too short (minimum is 1 characters)"
    assert "name" in refused(zendesk, "PUT", f"/users/{user}", name="")
    details = refused(zendesk, "POST", "/users", name="Bob", external_id="a-1")
    assert details["external_id"][0]["description"] == "External has already been taken"
    zendesk.settings(duplicate_external_id="name")
    assert list(refused(zendesk, "POST", "/users", name="Bob", external_id="a-1")) == ["name"]
    for wrong in ({"role": "boss"}, {"time_zone": "Atlantis"}, {"locale": "!"}, {"organization_id": 1}):
        assert list(refused(zendesk, "PUT", f"/users/{user}", **wrong)) == list(wrong)


@pytest.mark.parametrize(
    ("attribute", "value", "requirement"),
    [
        ("id", None, "must be an integer"),
        ("id", "x", "must be an integer"),
        ("tags", "a b", "must be an array"),
        ("name", 5, "must be a string"),
        ("external_id", 5, "must be a string"),
        ("verified", "yes", "must be a boolean"),
        ("user_fields", [], "must be a hash"),
        ("organization_id", 1 << 64, "must be an integer"),
    ],
)
def test_a_wrong_json_type_is_400(zendesk: Zendesk, attribute: str, value: object, requirement: str) -> None:
    user = zendesk.create(name="Ana")["id"]
    answer = zendesk.call("PUT", f"/users/{user}", {"user": {attribute: value}})
    assert answer.status == 400
    where = f"user.{attribute}"
    assert answer.json() == {
        "error": {
            "title": "Invalid attribute",
            "message": f"You passed an invalid value for the {where} attribute. Invalid parameter:"
            f" {where} {requirement} from api/v2/users/update",
        }
    }


def test_bodies_without_a_user_are_400(zendesk: Zendesk) -> None:
    bodies: list[object] = [{"name": "Ana"}, [], b"{", {"user": 5}]
    for body in bodies:
        assert zendesk.call("POST", "/users", body).status == 400
    as_form = zendesk.call(
        "POST", "/users", {"user": {"name": "Ana"}}, content_type="application/x-www-form-urlencoded"
    )
    assert as_form.status == 400


def test_an_empty_id_is_ignored(zendesk: Zendesk) -> None:
    assert zendesk.create(name="Ana", id="")["id"]


def test_unknown_and_read_only_attributes_are_dropped_and_reported(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    user = zendesk.create(name="Ana")["id"]
    change = {"url": "x", "verifed": True, "id": user, "user_fields": {"plan": "pro", "nope": 1}, "notes": "n"}
    answer = zendesk.call("PUT", f"/users/{user}", {"user": change})
    assert answer.status == 200
    assert answer.headers["X-Zendesk-API-Warn"] == (
        '{:allowed_parameters=>{:controller=>"users", :action=>"update", :unpermitted_keys=>'
        '["user.url", "user.verifed", "user.user_fields.nope"], :invalid_values=>[]}}'
    )
    assert answer.json()["user"]["notes"] == "n"
    assert answer.json()["user"]["user_fields"] == {"plan": "pro"}
    zendesk.settings(unknown_user_fields="silent")
    answer = zendesk.call("PUT", f"/users/{user}", {"user": {"user_fields": {"nope": 1}}})
    assert (answer.status, answer.headers["X-Zendesk-API-Warn"]) == (200, None)


def test_an_updated_address_becomes_a_second_identity(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com", verified=True)
    assert user["verified"] is True
    assert zendesk.update(user["id"], email="new@example.com")["email"] == "ana@example.com"
    assert zendesk.update(user["id"], email="ANA@example.com")["email"] == "ana@example.com"
    identities = zendesk.get(f"/users/{user['id']}/identities")["identities"]
    assert [(each["value"], each["primary"], each["verified"]) for each in identities] == [
        ("ana@example.com", True, True),
        ("new@example.com", False, False),
    ]
    assert refused(zendesk, "POST", "/users", name="Bob", email="new@example.com")


def test_verified_is_for_the_primary_or_the_new_address_and_stays(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", email="ana@example.com")
    assert user["verified"] is False
    assert zendesk.update(user["id"], verified=True)["verified"] is True
    assert zendesk.update(user["id"], verified=False)["verified"] is True
    zendesk.update(user["id"], email="new@example.com", verified=True)
    assert all(each["verified"] for each in zendesk.get(f"/users/{user['id']}/identities")["identities"])


def test_verification_mails_are_counted(zendesk: Zendesk) -> None:
    zendesk.create(name="None")
    zendesk.create(name="Told", email="a@example.com")
    zendesk.create(name="Verified", email="b@example.com", verified=True)
    user = zendesk.create(name="Skipped", email="c@example.com", skip_verify_email=True)["id"]
    mails = {each["name"]: each["verification_mails"] for each in zendesk.users()}
    assert mails == {"None": 0, "Told": 1, "Verified": 0, "Skipped": 0}
    zendesk.update(user, email="d@example.com")
    zendesk.update(user, email="d@example.com")
    assert next(each for each in zendesk.users() if each["id"] == user)["verification_mails"] == 1


def test_external_ids_are_compared_without_case_and_can_change(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana", external_id="C-1")["id"]
    assert zendesk.get("/users/show_many?external_ids=c-1")["users"][0]["external_id"] == "C-1"
    assert zendesk.update(user, external_id="c-1")["external_id"] == "c-1"
    assert zendesk.update(user, external_id=None)["external_id"] is None
    assert zendesk.get("/users/show_many?external_ids=c-1")["count"] == 0


def test_an_empty_alias_is_not_null(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana")["id"]
    assert zendesk.update(user, alias=None)["alias"] == ""


def test_an_update_without_a_change_moves_updated_at(zendesk: Zendesk) -> None:
    user = zendesk.create(name="Ana")
    time.sleep(1.1)
    updated = zendesk.update(user["id"], name="Ana")
    assert updated["updated_at"] > user["updated_at"]
    assert updated["created_at"] == user["created_at"]


def test_numbers(zendesk: Zendesk) -> None:
    def shown(user: Any) -> tuple[str | None, bool | None]:
        return user["phone"], user["shared_phone_number"]

    first = zendesk.create(name="Direct", phone="+15550001")
    assert shown(first) == ("+15550001", False)
    second = zendesk.create(name="Shared", phone="+15550001")
    assert shown(second) == ("+15550001", True)
    assert shown(zendesk.update(second["id"], phone="+15550002")) == ("+15550002", True)
    assert shown(zendesk.update(first["id"], phone="+15550003")) == ("+15550001", False)
    kinds = [each["type"] for each in zendesk.get(f"/users/{first['id']}/identities")["identities"]]
    assert kinds == ["phone_number", "phone_number"]
    assert shown(zendesk.update(first["id"], phone="")) == (None, None)
    assert shown(zendesk.create(name="Free again", phone="+15550001")) == ("+15550001", False)
    zendesk.settings(phone_validation="on")
    assert refused(zendesk, "POST", "/users", name="x", phone="030/123")["phone"][0]["error"] == "InvalidFormat"


def test_deleting_frees_what_identified_the_user(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    user = zendesk.create(
        name="Ana", email="ana@example.com", external_id="c-1", verified=True, tags=["a"], user_fields={"plan": "pro"}
    )
    answer = zendesk.call("DELETE", f"/users/{user['id']}")
    assert answer.status == 200
    deleted = answer.json()["user"]
    assert {key: deleted[key] for key in ("active", "email", "external_id", "verified")} == {
        "active": False,
        "email": None,
        "external_id": None,
        "verified": False,
    }
    assert (deleted["name"], deleted["tags"], deleted["user_fields"]) == ("Ana", ["a"], {"plan": "pro"})
    assert zendesk.user(user["id"])["active"] is False
    assert zendesk.get("/users/search?query=email:ana@example.com")["count"] == 0
    assert zendesk.get(f"/users/show_many?ids={user['id']}")["count"] == 0
    assert zendesk.get(f"/users/show_many?ids={user['id']}&include_deleted=true")["count"] == 1
    assert zendesk.call("DELETE", f"/users/{user['id']}").status == 404
    answer = zendesk.call("POST", "/users/create_or_update", {"user": {"name": "Ana", "external_id": "c-1"}})
    assert answer.status == 201
    assert answer.json()["user"]["id"] != user["id"]
    assert [each["active"] for each in sorted(zendesk.users(), key=lambda each: bool(each["active"]))] == [
        False,
        True,
    ]


@pytest.mark.parametrize("user_id", ["1", "x", "99999999999999999999999"])
def test_an_unknown_id_is_404(zendesk: Zendesk, user_id: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = zendesk.call(method, f"/users/{user_id}", {"user": {}} if method == "PUT" else None)
        assert (answer.status, answer.json()) == (404, {"error": "RecordNotFound", "description": "Not found"})
