"""The follow-up of refused requests, against a project in memory that follows the recorded answers."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.destinations.contract import Answer, Batch, Delivery, Outcome
from penstock.destinations.http.unanswered import Lost, NotSent
from penstock.destinations.iterable.bulk_answer import BulkAnswer
from penstock.destinations.iterable.bulk_endpoint import Answered, BulkResult, Refused
from penstock.destinations.iterable.repair import MOST_REPAIRS, repair

Record: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[list[Record]], BulkResult]


class Project:
    """Answers requests by a rule and remembers what it applied."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.requests: list[list[Record]] = []
        self.applied: list[Record] = []

    async def send(self, body: bytes, count: int) -> BulkResult:
        records: list[Record] = orjson.loads(b"[" + body[:-1] + b"]")
        assert len(records) == count
        self.requests.append(records)
        result = self._rule(records)
        if isinstance(result, Answered):
            self.applied += records
        return result


def accepted(records: list[Record]) -> Answered:
    return Answered(answer=BulkAnswer(succeeded=len(records), failed=0, unchanged=0, failures=(), ignored=()))


def refused(code: str = "BadParams", status: int = 400, **params: Any) -> Refused:
    return Refused(status=status, code=code, message="no", params=params)


def user(index: int, **fields: Any) -> Record:
    return {"email": f"u{index}@example.com", "dataFields": fields}


def deliver(rule: Rule, records: list[Record]) -> tuple[Delivery, Project]:
    project = Project(rule)
    body = b"".join(orjson.dumps(record) + b"," for record in records)

    async def main() -> Delivery:
        first = await project.send(body, len(records))
        return await repair(
            Batch(first=100, numbers=range(100, 100 + len(records)), body=body),
            first,
            project.send,
            judge=lambda verdict, _: verdict,
        )

    return asyncio.run(main()), project


def refuse_if(bad: Callable[[Record], bool], **how: Any) -> Rule:
    return lambda records: refused(**how) if any(map(bad, records)) else accepted(records)


@settings(deadline=None)
@given(st.sets(st.integers(0, 63), max_size=5))
def test_halving_finds_exactly_the_offenders(bad: set[int]) -> None:
    names = {f"u{index}@example.com" for index in bad}
    delivery, project = deliver(
        refuse_if(lambda record: record["email"] in names), [user(index, a=1) for index in range(64)]
    )
    assert delivery.answer is Answer.ANSWERED
    assert {exception.number for exception in delivery.exceptions} == {100 + index for index in bad}
    assert {exception.outcome for exception in delivery.exceptions} <= {Outcome.REJECTED}
    assert len(project.applied) == 64 - len(bad)


def test_a_request_that_is_refused_whatever_it_holds_costs_a_bounded_number() -> None:
    delivery, project = deliver(lambda _: refused(), [user(index, a=1) for index in range(1000)])
    assert len(project.requests) == MOST_REPAIRS + 1
    assert len(delivery.exceptions) == 1000
    assert {exception.code for exception in delivery.exceptions} == {"refused", "refused_together"}


def test_too_large_is_halved_until_one_is_left() -> None:
    delivery, project = deliver(
        lambda records: refused("BatchTooLarge", 413) if len(records) > 2 else accepted(records),
        [user(index, a=1) for index in range(8)],
    )
    assert delivery.exceptions == ()
    assert len(project.applied) == 8


def type_rule(field: str, bad: Callable[[Any], bool], expected: str = "long") -> Rule:
    def rule(records: list[Record]) -> BulkResult:
        for record in records:
            value = record["dataFields"].get(field)
            if value is not None and bad(value):
                errors = {field: {"expectedType": expected, "offendingValue": value}}
                return refused("RequestFieldsTypesMismatched", validationErrors=errors)
        return accepted(records)

    return rule


def test_only_the_offending_attribute_is_taken_out() -> None:
    records = [user(0, n="x", plan="pro"), user(1, n=5, plan="pro"), user(2, n="x")]
    delivery, project = deliver(type_rule("n", lambda value: isinstance(value, str)), records)
    by_number = {exception.number: exception for exception in delivery.exceptions}
    assert by_number[100].fields == ("n",)
    assert (by_number[102].fields, by_number[102].code) == ((), "type_mismatch")
    assert project.applied == [user(0, plan="pro"), user(1, n=5, plan="pro")]


def test_many_distinct_values_take_three_requests_and_spare_what_fits() -> None:
    records = [user(index, day=f"day {index}", plan="pro") for index in range(200)]
    records += [user(index, day="2026-01-31") for index in range(200, 210)]
    rule = type_rule("day", lambda value: not value.startswith("2026"), expected="date")
    delivery, project = deliver(rule, records)
    assert len(project.requests) == 3
    assert len(delivery.exceptions) == 200
    assert all(exception.fields == ("day",) for exception in delivery.exceptions)
    assert len(project.applied) == 210


def test_a_value_that_cannot_be_located_costs_everybody_the_attribute() -> None:
    def rule(records: list[Record]) -> BulkResult:
        if any("n" in record["dataFields"] for record in records):
            return refused(
                "RequestFieldsTypesMismatched", validationErrors={"n": {"offendingValue": {"no": "where"}}}
            )
        return accepted(records)

    delivery, project = deliver(rule, [user(index, n=index, plan="pro") for index in range(5)])
    assert len(project.requests) == 2
    assert {exception.fields for exception in delivery.exceptions} == {("n",)}


def test_malformed_records_are_named_by_position() -> None:
    def rule(records: list[Record]) -> BulkResult:
        bad: dict[str, Any] = {
            f"obj.users[{at}].x": "Boolean value expected" for at, each in enumerate(records) if "x" in each
        }
        return refused("BadJsonBody", 400, **bad) if bad else accepted(records)

    delivery, project = deliver(rule, [user(0, a=1), {"x": 1, **user(1, a=1)}, user(2, a=1)])
    assert [(each.number, each.code) for each in delivery.exceptions] == [(101, "malformed")]
    assert "Boolean value expected" in delivery.exceptions[0].message
    assert len(project.requests) == 2


def test_fields_beyond_the_limit_are_dropped_and_reported_as_ignored() -> None:
    def rule(records: list[Record]) -> BulkResult:
        if any("fresh" in record["dataFields"] for record in records):
            return refused("UniqueFieldsLimitExceeded", newFields=["fresh.part", "fresh"])
        return accepted(records)

    delivery, project = deliver(rule, [user(0, fresh={"part": 1}, plan="pro"), user(1, fresh={"part": 2})])
    assert (delivery.exceptions, delivery.ignored) == ((), ("fresh",))
    assert project.applied == [user(0, plan="pro"), user(1)]


@pytest.mark.parametrize(
    ("result", "answer"),
    [(Lost(code="x", reason="why"), Answer.LOST), (NotSent(code="x", reason="why"), Answer.NOT_SENT)],
)
def test_a_lost_or_unsent_first_request_is_that_of_the_whole_batch(result: BulkResult, answer: Answer) -> None:
    delivery, project = deliver(lambda _: result, [user(0, a=1)])
    assert (delivery.answer, delivery.exceptions, delivery.reason) == (answer, (), "why")
    assert len(project.requests) == 1


def test_a_part_lost_after_a_part_was_taken_is_unknown_record_by_record() -> None:
    def rule(records: list[Record]) -> BulkResult:
        if len(records) > 2:
            return refused()
        return (
            Lost(code="answer_timeout", reason="late") if records[0]["email"].startswith("u2") else accepted(records)
        )

    delivery, _ = deliver(rule, [user(index, a=1) for index in range(4)])
    assert delivery.answer is Answer.ANSWERED
    assert [(each.number, each.outcome, each.code) for each in delivery.exceptions] == [
        (102, Outcome.UNKNOWN, "answer_timeout"),
        (103, Outcome.UNKNOWN, "answer_timeout"),
    ]
