"""What a mode allows holds for every batch, whatever is known of its users: who only updates never creates."""

from typing import Any

import pytest

from penstock.catalog.entities import Mode
from penstock.destinations.contract import ABSENT, ALREADY_THERE, DELETED, Answer, Delivery, Outcome
from tests.contract.destinations.zendesk_account import people
from tests.contract.destinations.zendesk_users import UPDATE, Record, deliver, ids, person, requests
from tests.emulator import Zendesk

SWITCHES: dict[str, Any] = {
    "job_seconds": 0,
    "bulk_import": "on",
    "unknown_user": "action",
    "requests_per_minute": "off",
    "write_per_second": "off",
}
CREATE_MANY = "POST /api/v2/users/create_many"
POST_USER = "POST /api/v2/users"


@pytest.fixture
def zendesk(fresh_zendesk: Zendesk) -> Zendesk:
    fresh_zendesk.settings(**SWITCHES)
    return fresh_zendesk


def notes(zendesk: Zendesk) -> dict[str, Any]:
    return {user["external_id"]: user["notes"] for user in zendesk.users() if user["active"]}


def codes(delivery: Delivery) -> dict[int, str]:
    assert all(each.outcome is Outcome.SKIPPED for each in delivery.exceptions), delivery.exceptions
    return {each.number: each.code for each in delivery.exceptions}


def by_id(user_id: int, **more: Any) -> Record:
    return {"id": user_id, **more}


@pytest.mark.parametrize("bulk_import", ["on", "off"])
@pytest.mark.parametrize("in_doubt", [False, True])
def test_updating_only_never_creates(zendesk: Zendesk, in_doubt: bool, bulk_import: str) -> None:
    zendesk.settings(bulk_import=bulk_import)
    known = people(zendesk, 2) if bulk_import == "on" else {}
    records = [person(number, notes="new") for number in range(4)]
    delivery = deliver(zendesk, *records, mode=Mode.UPDATE, in_doubt=in_doubt)
    assert codes(delivery) == dict.fromkeys(range(len(known), 4), ABSENT)
    assert notes(zendesk) == dict.fromkeys(known, "new")


@pytest.mark.parametrize("unknown_user", ["action", "index", "omitted"])
@pytest.mark.parametrize("in_doubt", [False, True])
def test_updating_only_skips_whoever_is_deleted_meanwhile(
    zendesk: Zendesk, in_doubt: bool, unknown_user: str
) -> None:
    zendesk.settings(unknown_user=unknown_user)
    known = people(zendesk, 3)
    zendesk.call("DELETE", f"/users/{known['e1']}")
    records = [by_id(each, notes="new") for each in known.values()]
    delivery = deliver(zendesk, *records, mode=Mode.UPDATE, in_doubt=in_doubt)
    assert codes(delivery) == {1: DELETED}
    assert notes(zendesk) == {"e0": "new", "e2": "new"}


def test_inserting_only_creates_new_users_and_leaves_the_others_alone(zendesk: Zendesk) -> None:
    people(zendesk, 2)
    delivery = deliver(zendesk, *(person(number, notes="new") for number in range(4)), mode=Mode.INSERT)
    assert codes(delivery) == {0: ALREADY_THERE, 1: ALREADY_THERE}
    assert "already been taken" in delivery.exceptions[0].message
    assert (delivery.created, len(ids(delivery))) == (2, 2)
    assert notes(zendesk) == {"e0": None, "e1": None, "e2": "new", "e3": "new"}
    assert len(requests(zendesk, CREATE_MANY)) == 2  # that of `people` is one of them


def test_inserting_only_knows_users_by_their_address_as_well(zendesk: Zendesk) -> None:
    people(zendesk, 1)
    records = [
        {"email": "u0@example.com", "name": "Ana"},
        {"email": "new@example.com", "name": "Ben"},
        {"email": "no address", "name": "Cat"},
    ]
    delivery = deliver(zendesk, *records, match_key="email", mode=Mode.INSERT)
    assert [(each.number, each.outcome, each.code) for each in delivery.exceptions] == [
        (0, Outcome.SKIPPED, ALREADY_THERE),
        (2, Outcome.REJECTED, "email_invalid"),
    ]


def test_without_bulk_import_new_users_are_created_one_by_one(zendesk: Zendesk) -> None:
    people(zendesk, 1)
    zendesk.settings(bulk_import="off", write_per_second="on")
    records = [person(0), person(1), person(2, email="not one"), person(3)]
    delivery = deliver(zendesk, *records, mode=Mode.INSERT)
    assert [(each.number, each.outcome, each.code) for each in delivery.exceptions] == [
        (0, Outcome.SKIPPED, ALREADY_THERE),
        (2, Outcome.REJECTED, "email_invalid"),
    ]
    assert delivery.created == 2
    assert [line["status"] for line in requests(zendesk, POST_USER)] == [422, 201, 422, 201]


def test_inserting_only_finishes_what_may_have_been_created(zendesk: Zendesk) -> None:
    known = people(zendesk, 2, notes="as sent")
    records = [person(number, notes=text) for number, text in enumerate(["as sent", "other", "as sent"])]
    delivery = deliver(zendesk, *records, mode=Mode.INSERT, in_doubt=True)
    assert codes(delivery) == {1: ALREADY_THERE}
    assert ids(delivery)[0] == known["e0"]
    assert notes(zendesk) == {"e0": "as sent", "e1": "as sent", "e2": "as sent"}


def test_inserting_only_searches_for_those_whose_address_is_taken_perhaps_by_itself(zendesk: Zendesk) -> None:
    for number, name in ((0, "as sent"), (1, "other")):
        zendesk.create(email=f"u{number}@example.com", name=name)
    records = [{"email": f"u{number}@example.com", "name": "as sent"} for number in range(50)]
    delivery = deliver(zendesk, *records, match_key="email", mode=Mode.INSERT, in_doubt=True)
    assert (codes(delivery), delivery.created) == ({1: ALREADY_THERE}, 48)
    assert [line["records"] for line in requests(zendesk, CREATE_MANY)] == [50]
    assert len(requests(zendesk, "GET /api/v2/users/search")) == 2


def test_inserting_only_changes_nobody_who_is_known(zendesk: Zendesk) -> None:
    known = people(zendesk, 2, notes="as sent")
    records = [by_id(each, notes=text) for each, text in zip(known.values(), ["as sent", "other"], strict=True)]
    assert codes(deliver(zendesk, *records, mode=Mode.INSERT, in_doubt=True)) == {1: ALREADY_THERE}
    assert codes(deliver(zendesk, *records, mode=Mode.INSERT)) == {0: ALREADY_THERE, 1: ALREADY_THERE}
    assert notes(zendesk) == {"e0": "as sent", "e1": "as sent"}


@pytest.mark.parametrize("bulk_import", ["on", "off"])
@pytest.mark.parametrize("do", ["drop-after", "503"])
def test_a_creation_without_an_answer_is_not_repeated(zendesk: Zendesk, do: str, bulk_import: str) -> None:
    zendesk.settings(bulk_import=bulk_import)
    zendesk.faults({"on": CREATE_MANY if bulk_import == "on" else POST_USER, "nth": 1, "do": do})
    delivery = deliver(zendesk, person(0), mode=Mode.INSERT)
    assert delivery.answer is Answer.LOST
    assert len(requests(zendesk, CREATE_MANY)) == 1
    assert deliver(zendesk, person(0), mode=Mode.INSERT, in_doubt=True).exceptions == ()
    assert len(zendesk.users()) == 1


@pytest.mark.parametrize(("in_doubt", "answer"), [(False, Answer.NOT_SENT), (True, Answer.LOST)])
def test_who_cannot_be_read_first_is_not_sent_and_only_who_was_in_doubt_still_is(
    zendesk: Zendesk, in_doubt: bool, answer: Answer
) -> None:
    people(zendesk, 1)
    zendesk.faults({"on": "GET /api/v2/users/show_many*", "do": "500"})
    delivery = deliver(zendesk, person(0, notes="new"), mode=Mode.UPDATE, in_doubt=in_doubt)
    assert delivery.answer is answer
    assert notes(zendesk) != {"e0": "new"}
    assert requests(zendesk, UPDATE) == []
