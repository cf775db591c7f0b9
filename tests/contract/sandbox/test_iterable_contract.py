"""The Iterable emulator's answers over real HTTP, against bodies recorded from Iterable."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator import Emulator

SUCCESS = '{"msg":"","code":"Success","params":null}'
BULK_KEYS = [
    "successCount",
    "failCount",
    "invalidEmails",
    "invalidUserIds",
    "filteredOutFields",
    "createdFields",
    "noOpEmails",
    "noOpUserIds",
    "failedUpdates",
]
BUCKETS = [
    f"{name}{kind}"
    for name in ("invalid", "notFound", "invalidData", "conflict", "forgotten")
    for kind in ("Emails", "UserIds")
]


def failed(answer: Any) -> dict[str, list[str]]:
    """The buckets that are not empty."""
    return {name: values for name, values in answer["failedUpdates"].items() if values}


# Authentication and routes


@pytest.mark.parametrize("header", ["Api-Key", "Api_Key", "api_key", "API-KEY"])
def test_any_key_of_the_right_form_is_accepted_under_every_spelling(emulator: Emulator, header: str) -> None:
    assert emulator.call("GET", "/api/lists", key="f" * 32, header=header).status == 200


@pytest.mark.parametrize("key", ["wrong", "", "0" * 31, "0" * 33, "g" * 32, None])
def test_another_key_is_refused_with_address_and_endpoint(emulator: Emulator, key: str | None) -> None:
    answer = emulator.call("GET", "/api/users/getFields", key=key)
    assert answer.status == 401
    assert answer.text == (
        '{"msg":"Invalid API key","code":"BadApiKey","params":{"ip":"127.0.0.1","endpoint":"/api/users/getFields"}}'
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/users/getFields"),
        ("DELETE", "/api/lists/"),
        ("GET", "/api/nowhere"),
        ("PUT", "/api/users/update"),
        ("GET", "/api/lists/"),
        ("GET", "/api"),
    ],
)
def test_unknown_routes_and_wrong_verbs_are_an_html_page(emulator: Emulator, method: str, path: str) -> None:
    answer = emulator.call(method, path, b"")
    assert answer.status == 404
    assert answer.headers.get_content_type() == "text/html"
    assert "<title>Action not found</title>" in answer.text


def test_answers_carry_the_recorded_headers(emulator: Emulator) -> None:
    headers = emulator.call("GET", "/api/lists").headers
    assert headers.get_content_type() == "application/json"
    assert headers["Vary"] == "Origin"
    assert headers["Request-Time"].isdigit()
    assert re.fullmatch(r"iterable-ingress [0-9a-f]{4}", headers["Server"])
    assert headers["Date"]
    assert not [name for name in headers if name.lower().startswith("x-ratelimit")]


# Single updates


def test_an_update_answers_the_envelope_alone(emulator: Emulator) -> None:
    answer = emulator.update(email="ana@example.com", dataFields={"plan": "pro"})
    assert (answer.status, answer.text, len(answer.text)) == (200, SUCCESS, 41)


@pytest.mark.parametrize("email", ["000", "foo@", ""])
def test_a_malformed_address_in_a_single_update(emulator: Emulator, email: str) -> None:
    answer = emulator.update(email=email)
    assert answer.status == 400
    assert answer.json() == {"msg": f"Invalid email: {email}", "code": "InvalidEmailAddressError", "params": None}


def test_a_single_update_needs_an_identifier(emulator: Emulator) -> None:
    answer = emulator.update(dataFields={"plan": "pro"})
    assert answer.status == 400
    assert answer.text == (
        '{"msg":"Either email or userId must be set: ApiUserUpdateRequest(None,None,None,None)",'
        '"code":"BadParams","params":null}'
    )


def test_a_single_update_of_an_unknown_user_id(emulator: Emulator) -> None:
    answer = emulator.update(userId="12345")
    assert answer.status == 400
    assert answer.text == '{"msg":"No user exists with userId 12345","code":"UnknownUserIdError","params":null}'


def test_a_conflict_and_a_forgotten_user_are_409_in_a_single_update(emulator: Emulator) -> None:
    emulator.settings(project_type="hybrid")
    emulator.bulk({"email": "a@example.com", "userId": "a"}, {"email": "b@example.com", "userId": "b"})
    emulator.control("forget", {"email": "b@example.com"})
    conflict = emulator.update(email="a@example.com", userId="other")
    assert (conflict.status, conflict.json()["code"]) == (409, "EmailAlreadyExists")
    forgotten = emulator.update(email="b@example.com")
    assert (forgotten.status, forgotten.json()["code"]) == (409, "ForgottenUserError")
    assert [user["email"] for user in emulator.lines("users")] == ["a@example.com"]


# Bulk updates


def test_the_recorded_bulk_answer(emulator: Emulator) -> None:
    answer = emulator.bulk({"email": "ana@example.com"}, {"email": "shrouti"})
    assert list(answer) == BULK_KEYS
    assert list(answer["failedUpdates"]) == BUCKETS
    assert answer == {
        "successCount": 1,
        "failCount": 1,
        "invalidEmails": ["shrouti"],
        "invalidUserIds": [],
        "filteredOutFields": [],
        "createdFields": [],
        "noOpEmails": [],
        "noOpUserIds": [],
        "failedUpdates": {name: ["shrouti"] if name == "invalidEmails" else [] for name in BUCKETS},
    }


def test_a_bulk_request_whose_users_all_fail_is_still_200(emulator: Emulator) -> None:
    answer = emulator.bulk({"email": "bad@"}, {"userId": "x" * 53}, {"userId": "unknown"})
    assert (answer["successCount"], answer["failCount"]) == (0, 3)
    assert failed(answer) == {"invalidEmails": ["bad@"], "invalidUserIds": ["x" * 53, "unknown"]}
    assert answer["invalidUserIds"] == ["x" * 53, "unknown"]


def test_the_bucket_of_an_unknown_user_is_a_switch(emulator: Emulator) -> None:
    emulator.settings(unknown_user="not_found")
    answer = emulator.bulk({"userId": "unknown"})
    assert failed(answer) == {"notFoundUserIds": ["unknown"]}
    assert answer["invalidUserIds"] == []


def test_a_failed_address_comes_back_as_sent_or_in_lower_case(emulator: Emulator) -> None:
    assert failed(emulator.bulk({"email": "BAD@"})) == {"invalidEmails": ["BAD@"]}
    emulator.settings(failed_emails="lower")
    assert failed(emulator.bulk({"email": "BAD@"})) == {"invalidEmails": ["bad@"]}


def test_an_empty_bulk_request(emulator: Emulator) -> None:
    answer = emulator.call("POST", "/api/users/bulkUpdate", {"users": []})
    assert answer.status == 400
    assert answer.text == '{"msg":"Emails invalid: ","code":"InvalidEmailAddressError","params":null}'


def test_one_element_of_the_wrong_shape_fails_the_request_by_path(emulator: Emulator) -> None:
    users = [{"email": "a@example.com"}, {"email": "b@example.com", "preferUserId": "true"}]
    answer = emulator.call("POST", "/api/users/bulkUpdate", {"users": users})
    assert answer.status == 400
    assert answer.text == (
        '{"msg":"[/api/users/bulkUpdate] Invalid JSON body","code":"BadJsonBody",'
        '"params":{"obj.users[1].preferUserId":"Boolean value expected"}}'
    )
    assert emulator.lines("users") == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"{", "obj"),
        (b"[]", "obj"),
        (b'{"users":[{"email":"a@example.com","dataFields":{"x":NaN}}]}', "obj"),
        ({}, "obj.users"),
        ({"users": {}}, "obj.users"),
        ({"users": [[]]}, "obj.users[0]"),
        ({"users": [{"email": 1}]}, "obj.users[0].email"),
        ({"users": [{"userId": 1}]}, "obj.users[0].userId"),
        ({"users": [{"email": "a@example.com", "dataFields": []}]}, "obj.users[0].dataFields"),
        ({"users": [], "createNewFields": "yes"}, "obj.createNewFields"),
    ],
)
def test_bodies_of_the_wrong_shape(emulator: Emulator, body: object, path: str) -> None:
    answer = emulator.call("POST", "/api/users/bulkUpdate", body)
    assert (answer.status, answer.json()["code"]) == (400, "BadJsonBody")
    assert list(answer.json()["params"]) == [path]


def test_a_body_of_more_than_4_mb_is_413(emulator: Emulator) -> None:
    def body(size: int) -> bytes:
        start = b'{"users":[{"email":"a@example.com"}]'
        return start + b" " * (size - len(start) - 1) + b"}"

    assert emulator.call("POST", "/api/users/bulkUpdate", body(4_000_000)).status == 200
    answer = emulator.call("POST", "/api/users/bulkUpdate", body(4_000_001))
    assert (answer.status, answer.json()["code"]) == (413, "BatchTooLarge")


def test_a_limit_of_users_per_request_is_a_switch(emulator: Emulator) -> None:
    emulator.settings(max_users=1)
    users = [{"email": "a@example.com"}, {"email": "b@example.com"}]
    answer = emulator.call("POST", "/api/users/bulkUpdate", {"users": users})
    assert (answer.status, answer.json()["code"]) == (413, "BatchTooLarge")


def test_later_users_of_a_request_see_earlier_ones(emulator: Emulator) -> None:
    answer = emulator.bulk(
        {"email": "a@example.com", "userId": "u", "dataFields": {"x": 1, "y": 1}},
        {"email": "A@example.com", "dataFields": {"x": 2}},
        {"userId": "u", "dataFields": {"y": 3}},
    )
    assert (answer["successCount"], answer["failCount"]) == (3, 0)
    (user,) = emulator.lines("users")
    assert (user["dataFields"]["x"], user["dataFields"]["y"]) == (2, 3)


def test_forgotten_users_land_in_their_bucket_or_as_invalid(emulator: Emulator) -> None:
    emulator.bulk({"email": "ana@example.com", "userId": "ana"})
    assert emulator.control("forget", {"email": "ANA@example.com"}).status == 200
    assert emulator.lines("users") == []
    users: tuple[dict[str, Any], ...] = ({"email": "ana@example.com"}, {"email": "new@example.com", "userId": "ana"})
    assert failed(emulator.bulk(*users)) == {"forgottenEmails": ["ana@example.com"], "forgottenUserIds": ["ana"]}
    emulator.settings(forgotten_as="invalid")
    assert failed(emulator.bulk(*users)) == {"invalidEmails": ["ana@example.com"], "invalidUserIds": ["ana"]}


def test_a_string_too_long_for_the_index_refuses_its_record(emulator: Emulator) -> None:
    answer = emulator.bulk(
        {"email": "a@example.com", "dataFields": {"note": "x" * 40_000}}, {"email": "b@example.com"}
    )
    assert failed(answer) == {"invalidDataEmails": ["a@example.com"]}
    assert answer["createdFields"] == []


def test_update_only_is_ignored_unless_the_account_has_it(emulator: Emulator) -> None:
    assert emulator.bulk({"email": "a@example.com"}, updateOnly=True)["successCount"] == 1
    emulator.settings(update_only="honoured")
    answer = emulator.bulk({"email": "a@example.com"}, {"email": "b@example.com"}, updateOnly=True)
    assert failed(answer) == {"invalidEmails": ["b@example.com"]}


def test_an_update_without_a_change_is_applied_or_listed(emulator: Emulator) -> None:
    user = {"email": "a@example.com", "dataFields": {"plan": "pro", "at": "2020-01-01"}}
    emulator.bulk(user)
    assert emulator.bulk(user)["noOpEmails"] == []
    emulator.settings(no_op="listed")
    before = emulator.lines("users")
    time.sleep(1.1)
    answer = emulator.bulk(user)
    assert (answer["successCount"], answer["noOpEmails"]) == (1, ["a@example.com"])
    assert emulator.lines("users") == before
    assert emulator.bulk({"email": "a@example.com", "userId": "u"})["noOpEmails"] == []


# Data fields


def test_a_user_reads_back_as_recorded(emulator: Emulator) -> None:
    emulator.bulk(
        {
            "email": "Ana@Example.com",
            "userId": "testuser123",
            "dataFields": {
                "name": "Ana",
                "phoneNumber": "+5583999999999",
                "address": {"number": 10, "flat": {"floor": 4}},
            },
        }
    )
    user = emulator.user("ana@example.com")
    fields = user["dataFields"]
    assert (user["email"], user["userId"]) == ("ana@example.com", "testuser123")
    assert (fields["email"], fields["userId"]) == ("ana@example.com", "testuser123")
    assert (fields["name"], fields["address"]) == ("Ana", {"number": 10, "flat": {"floor": 4}})
    assert fields["signupSource"] == "API"
    assert fields["itblInternal"]["emailDomain"] == "example.com"
    assert fields["itblInternal"]["regionCode"] == "BR"
    for date in (fields["signupDate"], fields["profileUpdatedAt"], fields["itblInternal"]["documentCreatedAt"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00", date)
    assert emulator.lines("users") == [user]


def test_merging_clearing_and_dates(emulator: Emulator) -> None:
    emulator.bulk(
        {"email": "a@example.com", "dataFields": {"plan": "pro", "tags": ["x", "y"], "o": {"a": 1, "b": 2}}}
    )
    emulator.bulk(
        {
            "email": "a@example.com",
            "dataFields": {"plan": None, "signupDate": None, "tags": ["z"], "at": "2020-08-19T20:50:04.000Z"},
        }
    )
    fields = emulator.user("a@example.com")["dataFields"]
    assert "plan" not in fields
    assert "signupDate" not in fields
    assert (fields["tags"], fields["at"]) == (["z"], "2020-08-19 20:50:04 +00:00")
    emulator.bulk({"email": "a@example.com", "mergeNestedObjects": True, "dataFields": {"o": {"b": None, "c": 3}}})
    assert emulator.user("a@example.com")["dataFields"]["o"] == {"a": 1, "c": 3}
    emulator.bulk({"email": "a@example.com", "dataFields": {"o": {"d": 4}}})
    assert emulator.user("a@example.com")["dataFields"]["o"] == {"d": 4}


def test_integers_of_64_bits_survive(emulator: Emulator) -> None:
    numbers = {"largest": 2**64 - 1, "exact": 2**53 + 1, "least": -(2**63)}
    emulator.bulk({"email": "a@example.com", "dataFields": numbers})
    fields = emulator.user("a@example.com")["dataFields"]
    assert {name: fields[name] for name in numbers} == numbers


def test_fields_are_flat_with_types_and_permanent(emulator: Emulator) -> None:
    answer = emulator.bulk(
        {
            "email": "a@example.com",
            "dataFields": {
                "name": "x",
                "n": 1,
                "ltv": 1.5,
                "ok": True,
                "at": "2020-08-19",
                "defaultAddress": {"number": 1},
                "devices": [{"token": "t"}],
                "ids": [1],
                "home_geo_location": {"lat": 1.5, "lon": 2},
            },
        }
    )
    expected = {
        "name": "string",
        "n": "long",
        "ltv": "double",
        "ok": "boolean",
        "at": "date",
        "defaultAddress": "object",
        "defaultAddress.number": "long",
        "devices": "object",
        "devices.token": "string",
        "ids": "long",
        "home_geo_location": "geo_location",
    }
    assert answer["createdFields"] == list(expected)
    fields = emulator.fields()
    assert fields.items() >= expected.items()
    assert (fields["email"], fields["signupDate"], fields["emailListIds"]) == ("string", "date", "long")
    emulator.call("DELETE", "/api/users/a@example.com")
    assert emulator.fields() == fields


def test_new_fields_may_be_dropped_by_the_project_or_the_request(emulator: Emulator) -> None:
    user = {"email": "a@example.com", "dataFields": {"plan": "pro", "deep": {"x": 1}}}
    answer = emulator.bulk(user, createNewFields=False)
    assert (answer["successCount"], answer["filteredOutFields"]) == (1, ["plan", "deep", "deep.x"])
    emulator.settings(new_fields="drop")
    assert emulator.bulk(user)["filteredOutFields"] == ["plan", "deep", "deep.x"]
    assert emulator.update(**user).text == SUCCESS
    assert "plan" not in emulator.user("a@example.com")["dataFields"]
    assert "plan" not in emulator.fields()
    answer = emulator.bulk(user, createNewFields=True)
    assert (answer["createdFields"], answer["filteredOutFields"]) == (["plan", "deep", "deep.x"], [])
    assert emulator.user("a@example.com")["dataFields"]["plan"] == "pro"


def test_a_type_conflict_fails_the_whole_request_as_recorded(emulator: Emulator) -> None:
    project = emulator.project()
    users = [{"email": "a@example.com"}, {"email": "b@example.com", "dataFields": {"signupDate": "GGG"}}]
    answer = emulator.call("POST", "/api/users/bulkUpdate", {"users": users})
    assert answer.status == 400
    assert answer.text == (
        f'{{"msg":"Project {project}: The request does not have the same data types as the data previously submitted.'
        " Field 'signupDate' already exists for type 'user' and has a data type of 'date'"
        " but possible types 'string, keyword' in the request.\","
        '"code":"RequestFieldsTypesMismatched",'
        '"params":{"validationErrors":{"signupDate":{"incomingTypes":["string","keyword"],"expectedType":"date",'
        '"_type":"UnexpectedType","offendingValue":"GGG","category":"user"}}}}'
    )
    assert emulator.lines("users") == []


def test_a_type_conflict_may_fail_its_record_alone(emulator: Emulator) -> None:
    emulator.settings(type_errors="record", project_type="hybrid")
    emulator.bulk({"email": "a@example.com", "dataFields": {"n": 1}})
    answer = emulator.bulk(
        {"email": "a@example.com", "dataFields": {"n": 1.5, "fresh": 1}},
        {"userId": "u", "dataFields": {"n": "one"}},
        {"email": "c@example.com", "dataFields": {"n": 2}},
    )
    assert (answer["successCount"], answer["createdFields"]) == (1, [])
    assert failed(answer) == {"invalidDataEmails": ["a@example.com"], "invalidDataUserIds": ["u"]}
    assert emulator.user("a@example.com")["dataFields"]["n"] == 1


def test_too_many_fields_fail_the_request(emulator: Emulator) -> None:
    emulator.settings(max_fields=2)
    emulator.bulk({"email": "a@example.com", "dataFields": {"one": 1}})
    project = emulator.project()
    answer = emulator.update(email="a@example.com", dataFields={"two": 2, "three": 3})
    assert answer.status == 400
    assert answer.json() == {
        "msg": f"Project {project}: The request would increase the number of object fields to 3"
        " by adding [two, three], which exceeds the limit of 2",
        "code": "UniqueFieldsLimitExceeded",
        "params": {"limit": 2, "requestedTotal": 3, "newFields": ["two", "three"]},
    }
    assert "two" not in emulator.fields()
    assert emulator.update(email="a@example.com", dataFields={"two": 2}).status == 200


# Reads and deletions


def test_an_unknown_address_reads_as_an_empty_object(emulator: Emulator) -> None:
    for path in ("/api/users/nobody@example.com", "/api/users/getByEmail?email=nobody%40example.com"):
        answer = emulator.call("GET", path)
        assert (answer.status, answer.text) == (200, "{}")


def test_a_malformed_address_cannot_be_read_or_deleted(emulator: Emulator) -> None:
    for method in ("GET", "DELETE"):
        answer = emulator.call(method, "/api/users/000")
        assert answer.status == 400
        assert answer.text == '{"msg":"Invalid email: 000","code":"InvalidEmailAddressError","params":null}'


def test_all_reads_find_a_user(emulator: Emulator) -> None:
    emulator.bulk({"email": "a+b@example.com", "userId": "u/1 x"})
    for path in (
        "/api/users/a+b@example.com",
        "/api/users/A%2Bb%40example.com",
        "/api/users/getByEmail?email=a%2Bb%40example.com",
        "/api/users/byUserId/u%2F1%20x",
        "/api/users/byUserId?userId=u%2F1+x",
    ):
        assert emulator.call("GET", path).json()["user"]["email"] == "a+b@example.com", path


@pytest.mark.parametrize(
    ("switch", "status", "text"),
    [
        ("400", 400, '{"msg":"User not found","code":"error.users.noUserWithIdExists","params":null}'),
        ("500", 500, '{"msg":"User not found","code":"error.users.noUserWithIdExists","params":null}'),
        ("text", 400, "No user with that id exists!"),
        ("empty", 200, "{}"),
    ],
)
def test_reading_an_unknown_user_id(emulator: Emulator, switch: str, status: int, text: str) -> None:
    emulator.settings(unknown_user_id_read=switch)
    answer = emulator.call("GET", "/api/users/byUserId/nobody")
    assert (answer.status, answer.text) == (status, text)


def test_deleting(emulator: Emulator) -> None:
    emulator.bulk({"email": "a@example.com"}, {"email": "b@example.com", "userId": "1"})
    assert emulator.call("DELETE", "/api/users/a@example.com").text == SUCCESS
    assert emulator.call("DELETE", "/api/users/a@example.com").text == SUCCESS
    answer = emulator.call("DELETE", "/api/users/byUserId/1")
    assert answer.json()["msg"] == "All users associated with 1 were successfully deleted"
    answer = emulator.call("DELETE", "/api/users/byUserId/rudder2")
    assert answer.status == 400
    assert answer.text == '{"msg":"User does not exist. Email:  UserId: rudder2","code":"BadParams","params":null}'
    assert emulator.lines("users") == []


def test_lists(emulator: Emulator) -> None:
    (only,) = emulator.call("GET", "/api/lists").json()["lists"]
    assert list(only) == ["id", "name", "createdAt", "listType"]
    assert only["listType"] == "Standard"
    body = {"listId": 999999999, "subscribers": [{"email": "a@example.com"}]}
    answer = emulator.call("POST", "/api/lists/subscribe", body)
    assert answer.status == 400
    assert answer.text == (
        '{"msg":"error.lists.invalidListId(999999999)","code":"Success",'
        f'"params":{{"projectId":{emulator.project()},"listId":999999999}}}}'
    )
    answer = emulator.call("POST", "/api/lists/subscribe", {**body, "listId": only["id"]})
    assert answer.json()["successCount"] == 1
    fields = emulator.user("a@example.com")["dataFields"]
    assert (fields["emailListIds"], fields["signupSource"]) == ([only["id"]], "ListAPI")


@pytest.mark.parametrize(("project_type", "created"), [("email", 1), ("hybrid", 0), ("user_id", 0)])
def test_subscribing_existing_users_only(emulator: Emulator, project_type: str, created: int) -> None:
    emulator.settings(project_type=project_type)
    body = {
        "listId": emulator.project() * 100 + 1,
        "updateExistingUsersOnly": True,
        "subscribers": [{"email": "a@example.com", "userId": "u"}],
    }
    assert emulator.call("POST", "/api/lists/subscribe", body).json()["successCount"] == created
    assert len(emulator.lines("users")) == created


# Project types


def test_preferring_the_user_id_creates_a_placeholder_address(emulator: Emulator) -> None:
    answer = emulator.bulk({"userId": "user123", "preferUserId": True, "dataFields": {"n": 1}})
    assert answer["successCount"] == 1
    assert emulator.user("user123+147178873@placeholder.email")["userId"] == "user123"


def test_a_user_id_based_project_needs_no_address(emulator: Emulator) -> None:
    emulator.settings(project_type="user_id")
    emulator.bulk({"userId": "u", "dataFields": {"n": 1}})
    user = emulator.call("GET", "/api/users/byUserId/u").json()["user"]
    assert "email" not in user
    assert re.fullmatch(r"[0-9a-f]{32}", user["dataFields"]["itblUserId"])
    emulator.update(userId="u", dataFields={"userId": "v", "email": "v@example.com"})
    assert emulator.call("GET", "/api/users/byUserId/v").json()["user"]["email"] == "v@example.com"


def test_a_hybrid_project_reports_conflicts(emulator: Emulator) -> None:
    emulator.settings(project_type="hybrid")
    emulator.bulk({"email": "a@example.com", "userId": "a"}, {"email": "b@example.com", "userId": "b"})
    answer = emulator.bulk(
        {"email": "a@example.com", "userId": "b"},
        {"userId": "a", "dataFields": {"userId": "b"}},
        {"userId": "a", "dataFields": {"email": "new@example.com"}},
    )
    assert answer["successCount"] == 1
    assert failed(answer) == {"conflictEmails": ["a@example.com"], "conflictUserIds": ["b"]}
    assert sorted(user["email"] for user in emulator.lines("users")) == ["b@example.com", "new@example.com"]
