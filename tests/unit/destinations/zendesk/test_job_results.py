"""Results of jobs, as recorded and as nobody would like them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.destinations.zendesk.job_results import Fate, Mismatch, Verdict, read_results
from penstock.destinations.zendesk.job_status import JobKind
from penstock.destinations.zendesk.sent_records import SentRecord

RECORDED_FAILURE = {
    "id": 2,
    "error": "UserUpdateError",
    "details": "Name: Email: error@example.com_ is not properly formatted",
    "status": "Failed",
}


def sent(content: dict[str, Any], number: int = 0) -> SentRecord:
    return SentRecord(number=number, content=content, text="{}")


def by_email(count: int) -> list[SentRecord]:
    return [sent({"email": f"u{each}@example.com", "name": "x"}, each) for each in range(count)]


def by_id(*ids: int) -> list[SentRecord]:
    return [sent({"id": each, "name": "x"}, position) for position, each in enumerate(ids)]


def created(number: int, status: str = "Created") -> dict[str, Any]:
    return {"id": 6164120117914 + number, "status": status, "email": f"U{number}@Example.com"}


def updated(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "action": "update", "status": "Updated", "success": True}


def verdicts(kind: JobKind, results: object, records: list[SentRecord]) -> tuple[Verdict, ...]:
    read = read_results(kind, results, records)
    assert not isinstance(read, Mismatch), read.reason
    return read


def test_created_updated_and_failed_are_told_apart_by_position() -> None:
    read = verdicts(JobKind.UPSERT, [created(0), created(1, "Updated"), RECORDED_FAILURE], by_email(3))
    assert [each.fate for each in read] == [Fate.CREATED, Fate.UPDATED, Fate.FAILED]
    assert [each.remote_id for each in read] == [6164120117914, 6164120117915, None]
    assert read[2].refusal is not None
    assert read[2].refusal.words == RECORDED_FAILURE["details"]


def test_updates_are_held_against_the_ids() -> None:
    read = verdicts(JobKind.UPDATE, [updated(9), updated(8)], by_id(9, 8))
    assert [each.fate for each in read] == [Fate.UPDATED, Fate.UPDATED]
    assert isinstance(read_results(JobKind.UPDATE, [updated(8), updated(9)], by_id(9, 8)), Mismatch)


@pytest.mark.parametrize("results", [None, {"success": True}, "done", [1], [created(0)], [created(0)] * 3])
def test_what_cannot_be_read_record_by_record_is_not_believed(results: object) -> None:
    assert isinstance(read_results(JobKind.UPSERT, results, by_email(2)), Mismatch)
    assert isinstance(read_results(JobKind.UPDATE, results, by_id(5, 6)), Mismatch)


@pytest.mark.parametrize(
    "results",
    [
        [created(1), created(0)],
        [created(0), {**RECORDED_FAILURE, "id": 0}],
        [created(0), {"index": 0, "error": "UserCreateError"}],
        [{"id": 5, "status": "Created", "external_id": "B"}, created(1)],
    ],
)
def test_a_result_of_another_record_discredits_all(results: object) -> None:
    records = [sent({**each.content, "external_id": name}) for each, name in zip(by_email(2), "ab", strict=True)]
    assert isinstance(read_results(JobKind.UPSERT, results, records), Mismatch)


def test_a_user_found_by_a_further_address_is_shown_with_the_first() -> None:
    result = {"id": 7, "status": "Updated", "email": "first@example.com", "external_id": None}
    assert verdicts(JobKind.UPSERT, [result], by_email(1))[0].fate is Fate.UPDATED


@pytest.mark.parametrize(
    "item",
    [
        {"id": 5, "action": "update", "status": "Failed", "success": False, "error": "UserNotFound"},
        {"id": 0, "status": "Failed", "error": "UserNotFound"},
        {"id": 5, "success": False},
        {"error": "UserUpdateError", "index": 0, "details": "no"},
    ],
)
def test_failed_updates_in_any_shape(item: dict[str, Any]) -> None:
    assert verdicts(JobKind.UPDATE, [item, updated(6)], by_id(5, 6))[0].fate is Fate.FAILED


def test_users_who_are_gone_may_be_left_out_of_updates() -> None:
    read = verdicts(JobKind.UPDATE, [updated(5), updated(7)], by_id(5, 6, 7))
    assert [each.fate for each in read] == [Fate.UPDATED, Fate.ABSENT, Fate.UPDATED]
    assert isinstance(read_results(JobKind.UPDATE, [updated(7), updated(5)], by_id(5, 6, 7)), Mismatch)


def test_a_conflict_is_to_be_repeated() -> None:
    item = {"id": 0, "error": "DatabaseConflict", "details": "Database collision", "status": "Failed"}
    assert verdicts(JobKind.UPSERT, [item], by_email(1))[0].fate is Fate.CONFLICT


@pytest.mark.parametrize(
    "item", [{"status": "Created"}, {"id": None, "status": "Updated"}, {"id": 3, "status": "Odd"}, {}]
)
def test_an_unfamiliar_result_leaves_its_record_open(item: dict[str, Any]) -> None:
    read = verdicts(JobKind.UPSERT, [item, created(1)], by_email(2))
    assert [each.fate for each in read] == [Fate.UNCLEAR, Fate.CREATED]


@given(st.permutations(range(6)))
def test_only_the_order_that_was_sent_is_believed(order: list[int]) -> None:
    read = read_results(JobKind.UPSERT, [created(each) for each in order], by_email(6))
    assert isinstance(read, Mismatch) == (order != sorted(order))
