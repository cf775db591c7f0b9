"""Zendesk's refusals in all their forms, and the reasons they come to."""

import orjson
import pytest

from penstock.destinations.http.messages import Reply
from penstock.destinations.zendesk.envelopes import Complaint, Refusal, read_refusal, refusal_in
from penstock.destinations.zendesk.refusal_codes import is_conflict, reason_code


def reply(body: object, status: int = 422) -> Reply:
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    return Reply(status=status, body=content, content_type="")


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound", "Not found"),
        (
            {"error": {"title": "Forbidden", "message": "You do not have access to this page."}},
            "Forbidden",
            "You do not have access to this page.",
        ),
        (
            {"errors": [{"code": "InvalidPaginationDepth", "title": "Too deep", "detail": "Go by cursor."}]},
            "InvalidPaginationDepth",
            "Go by cursor.",
        ),
        (
            "Number of allowed API requests per minute exceeded",
            "",
            "Number of allowed API requests per minute exceeded",
        ),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you", "Couldn't authenticate you"),
        (
            {"error": "invalid_token", "error_description": "The access token provided is expired."},
            "invalid_token",
            "The access token provided is expired.",
        ),
        (
            {"error": "Forbidden", "message": "Data imports are not enabled"},
            "Forbidden",
            "Data imports are not enabled",
        ),
        ("", "", "HTTP 422"),
        ({}, "", "HTTP 422"),
        ([1], "", "[1]"),
        ({"error": None, "errors": "x", "details": 3}, "", "HTTP 422"),
    ],
)
def test_every_form_is_read(body: object, code: str, words: str) -> None:
    assert read_refusal(reply(body)) == Refusal(code=code, words=words)


def test_validation_errors_name_the_attributes() -> None:
    body = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {
            "email": [{"description": "Email: badmail is not properly formatted"}],
            "phone": [{"description": "Phone: 1 is not properly formatted", "error": "InvalidFormat"}, "odd", 3],
        },
    }
    assert read_refusal(reply(body)) == Refusal(
        code="RecordInvalid",
        words="Email: badmail is not properly formatted Phone: 1 is not properly formatted odd",
        complaints=(
            Complaint(attribute="email", words="Email: badmail is not properly formatted"),
            Complaint(attribute="phone", words="Phone: 1 is not properly formatted", code="InvalidFormat"),
            Complaint(attribute="phone", words="odd"),
        ),
    )


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ("Name: Email: error@example.com_ is not properly formatted", "email_invalid"),
        ("Email: x@example.com is already being used by another user", "email_taken"),
        ("External has already been taken", "external_id_taken"),
        ("Name: External has already been taken", "external_id_taken"),
        ("Phone: 12 is not properly formatted", "phone_invalid"),
        ("Name: is too short (minimum is 1 characters)", "name_missing"),
        ("Plan: gold is not one of the options", "value_refused"),
        ("Access denied", "not_permitted"),
        ("Something else happened", "refused"),
    ],
)
def test_words_of_a_failed_item_come_to_a_reason(details: str, code: str) -> None:
    refusal = refusal_in({"id": 2, "error": "UserUpdateError", "details": details, "status": "Failed"})
    assert refusal.words == details
    assert reason_code(refusal) == code


@pytest.mark.parametrize("key", ["external_id", "external", "name"])
def test_a_taken_external_id_is_known_by_its_words_not_its_key(key: str) -> None:
    details = {key: [{"description": "External has already been taken", "error": "DuplicateValue"}]}
    assert reason_code(refusal_in({"error": "RecordInvalid", "details": details})) == "external_id_taken"


def test_conflicts_can_be_repeated() -> None:
    assert is_conflict(refusal_in({"error": "DatabaseConflict", "description": "Database collision"}))
    assert is_conflict(refusal_in({"error": "UserUpdateError", "details": "Database collision"}))
    assert not is_conflict(refusal_in({"error": "UserUpdateError", "details": "no"}))
