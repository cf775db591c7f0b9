from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.destinations.contract import Outcome
from penstock.destinations.iterable.attribution import Attribution, attribute, is_plain_success
from penstock.destinations.iterable.bulk_answer import BulkAnswer, read_bulk_answer

RECORDS: list[dict[str, Any]] = [
    {"email": "Ana@Example.com", "dataFields": {"plan": "pro"}},
    {"email": "bo@example.com", "dataFields": {"userId": "u-2"}},
    {"email": "cy@example.com", "dataFields": {"userId": "shared"}},
    {"email": "di@example.com", "dataFields": {"userId": "shared"}},
]


def answer(succeeded: int, failed: int, **more: Any) -> BulkAnswer:
    read = read_bulk_answer({"successCount": succeeded, "failCount": failed, **more})
    assert read is not None
    return read


def codes(attribution: Attribution) -> dict[int, str]:
    return {verdict.position: verdict.code for verdict in attribution.verdicts}


@pytest.mark.parametrize(
    ("bucket", "code"),
    [
        ("invalidEmails", "invalid_email"),
        ("invalidDataEmails", "invalid_data"),
        ("conflictEmails", "conflict"),
        ("forgottenEmails", "forgotten"),
        ("notFoundEmails", "not_found"),
        ("brandNewEmails", "refused"),
    ],
)
def test_every_bucket_rejects_and_is_quoted(bucket: str, code: str) -> None:
    found = attribute(answer(3, 1, failedUpdates={bucket: ["ana@example.com"]}), RECORDS)
    assert codes(found) == {0: code}
    assert found.verdicts[0].outcome is Outcome.REJECTED
    assert found.verdicts[0].message == f"Iterable lists it under failedUpdates.{bucket}."
    assert not found.contradiction


def test_deprecated_duplicates_are_not_counted_twice() -> None:
    given_twice = answer(3, 1, invalidEmails=["bo@example.com"], failedUpdates={"invalidEmails": ["bo@example.com"]})
    assert codes(attribute(given_twice, RECORDS)) == {1: "invalid_email"}
    only_old = attribute(answer(3, 1, invalidEmails=["bo@example.com"]), RECORDS)
    assert codes(only_old) == {1: "invalid_email"}
    assert not only_old.contradiction


def test_a_failure_may_name_the_user_id_inside_data_fields() -> None:
    found = attribute(answer(3, 1, failedUpdates={"invalidUserIds": ["u-2"]}), RECORDS)
    assert codes(found) == {1: "invalid_user_id"}


def test_user_ids_differ_by_case() -> None:
    found = attribute(answer(3, 1, failedUpdates={"invalidUserIds": ["U-2"]}), RECORDS)
    assert codes(found) == {}
    assert "1 failure for 4 records" in found.contradiction


def test_a_value_that_several_records_carry_leaves_them_unknown() -> None:
    found = attribute(answer(3, 1, failedUpdates={"conflictUserIds": ["shared"]}), RECORDS)
    assert codes(found) == {2: "ambiguous_failure", 3: "ambiguous_failure"}
    assert {verdict.outcome for verdict in found.verdicts} == {Outcome.UNKNOWN}
    assert not found.contradiction
    both = attribute(answer(2, 2, failedUpdates={"conflictUserIds": ["shared", "shared"]}), RECORDS)
    assert codes(both) == {2: "conflict", 3: "conflict"}


@pytest.mark.parametrize(("succeeded", "failed"), [(5, 0), (3, 0), (3, 1), (0, 4)])
def test_counts_that_do_not_add_up_are_told_with_their_figures(succeeded: int, failed: int) -> None:
    plain = answer(succeeded, failed)
    assert not is_plain_success(plain, 4)
    contradiction = attribute(plain, RECORDS).contradiction
    failures = "1 failure" if failed == 1 else f"{failed} failures"
    assert f"counts {succeeded} successes and {failures} for 4 records" in contradiction


def test_users_counted_apart_as_unchanged_are_delivered() -> None:
    assert is_plain_success(answer(3, 0, noOpEmails=["ana@example.com"]), 4)
    assert is_plain_success(answer(4, 0, noOpEmails=["ana@example.com"]), 4)
    assert not is_plain_success(answer(2, 0, noOpEmails=["ana@example.com"]), 4)


def test_ignored_names_are_reduced_to_their_attribute() -> None:
    assert answer(4, 0, filteredOutFields=["a.b", "a", "c"]).ignored == ("a", "c")


@pytest.mark.parametrize("content", [{}, {"successCount": 1}, {"successCount": "1", "failCount": 0}])
def test_an_answer_without_counts_is_none(content: dict[str, Any]) -> None:
    assert read_bulk_answer(content) is None


@given(st.sets(st.integers(0, 49)))
def test_exactly_the_named_records_are_rejected(failing: set[int]) -> None:
    records = [{"email": f"User{index}@example.com"} for index in range(50)]
    named = [f"user{index}@example.com" for index in failing]
    found = attribute(answer(50 - len(named), len(named), failedUpdates={"forgottenEmails": named}), records)
    assert set(codes(found)) == failing
    assert not found.contradiction
