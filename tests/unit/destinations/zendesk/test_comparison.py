"""Whether a user is as a record wants it, in Zendesk's own ways of showing values."""

from typing import Any

import pytest

from penstock.destinations.zendesk.comparison import differences
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.kept_identities import kept_attributes


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"alias": None}, {"alias": ""}),
        ({"alias": ""}, {"alias": None}),
        ({"email": " Ana@Example.com"}, {"email": "ana@example.com"}),
        ({"external_id": "A1"}, {"external_id": "a1"}),
        ({"phone": "+33 1-23"}, {"phone": "+33123"}),
        ({"tags": ["b", "A"]}, {"tags": ["a", "b"]}),
        ({"organization_id": 12}, {"organization_id": 12}),
        ({"id": 3, "skip_verify_email": True}, {}),
        ({"user_fields": {"born": "2020-08-19"}}, {"user_fields": {"born": "2020-08-19T00:00:00+00:00"}}),
        ({"user_fields": {"vip": None}}, {"user_fields": {"vip": False}}),
        ({"user_fields": {"points": 3.0}}, {"user_fields": {"points": 3}}),
        ({"user_fields": {"points": 12.5}}, {"user_fields": {"points": "12.50"}}),
        ({"user_fields": {"sizes": ["m", "l"]}}, {"user_fields": {"sizes": ["l", "m"], "other": 1}}),
    ],
)
def test_the_same(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    assert differences(sent, shown) == []


@pytest.mark.parametrize(
    ("sent", "shown", "place"),
    [
        ({"name": "A"}, {"name": "a"}, Place(key="name")),
        ({"remote_photo_url": "https://x"}, {}, Place(key="remote_photo_url")),
        ({"user_fields": {"code": "007"}}, {"user_fields": {"code": "7"}}, Place(member="user_fields", key="code")),
        ({"user_fields": {"vip": True}}, {"user_fields": {"vip": False}}, Place(member="user_fields", key="vip")),
        ({"user_fields": {"n": 1}}, {"user_fields": {"n": True}}, Place(member="user_fields", key="n")),
        ({"user_fields": {"n": 0}}, {"user_fields": {"n": None}}, Place(member="user_fields", key="n")),
        (
            {"user_fields": {"seen": "2020-08-19T20:50:04Z"}},
            {"user_fields": {"seen": "2020-08-19T00:00:00Z"}},
            Place(member="user_fields", key="seen"),
        ),
        ({"user_fields": {"x": None}}, {"user_fields": {}}, Place(member="user_fields", key="x")),
        ({"user_fields": {"x": "a"}}, {"user_fields": None}, Place(member="user_fields", key="x")),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, Place(key="tags")),
        ({"email": "a@example.com"}, {"email": None}, Place(key="email")),
    ],
)
def test_not_the_same(sent: dict[str, Any], shown: dict[str, Any], place: Place) -> None:
    assert differences(sent, shown) == [place]


def test_identities_that_were_kept() -> None:
    create_only = {"email": "email", "phone": "Telephone", "shared_phone_number": "shared_phone_number"}
    sent = {"email": "new@example.com", "phone": "0123", "shared_phone_number": True}
    user = {"email": "old@example.com", "phone": None, "shared_phone_number": True}
    assert kept_attributes(sent, user, create_only) == {
        "email": "The user's e-mail address is still old@example.com.",
        "Telephone": "The user is still without phone number.",
    }
    assert kept_attributes({"name": "x"}, user, create_only) == {}
