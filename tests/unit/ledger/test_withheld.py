"""Fields that the destination ignores: out of comparison, tried by one record a day, sent once they are accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penstock.plan.outcomes import Outcome, RecordException
from tests.unit.ledger.bench import START, Bench, answered

DAY = timedelta(hours=24)
ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "number": 1.5}
BEN = {"id": 2, "email": "b@x.fr", "text": "free", "whole": 2}


@pytest.fixture
def ignoring(bench: Bench) -> Bench:
    """A ledger of a destination that took two people and ignored two of their fields."""
    bench.rows = [ANA, BEN]
    plan, _ = bench.plan()
    bench.fold(plan, answered(plan, ignored=["score", "size"]))
    return bench


def test_a_withheld_field_is_not_due_and_its_records_are_counted(ignoring: Bench) -> None:
    plan, records = ignoring.plan()
    assert records == []
    assert {plan.name_of(slot): count for slot, count in plan.withheld.items()} == {"score": 1, "size": 1}
    assert plan.counts.unchanged == 2


def test_each_withheld_field_is_tried_after_a_day_although_nobody_has_a_value_for_all(ignoring: Bench) -> None:
    plan, records = ignoring.plan(now=START + DAY)
    assert {r.key: (r.op, r.due) for r in records} == {1: ("update", {"score": 1.5}), 2: ("update", {"size": 2})}
    ignoring.fold(plan, answered(plan, ignored=["size"]), START + DAY)
    assert ignoring.book().withheld == {"size"}
    assert ignoring.book().records[1].values == {"plan": "pro", "score": 1.5}
    _, records = ignoring.plan(now=START + DAY + timedelta(hours=23))
    assert records == []


def test_a_record_that_is_held_does_not_keep_a_field_from_being_tried(ignoring: Bench) -> None:
    ignoring.rows = [{**ANA, "text": "refused"}, {**BEN, "number": 7.5}]
    plan, records = ignoring.plan(now=START + timedelta(hours=1))
    number = next(record.seq for record in records if record.key == 1)
    assert number is not None
    refusal = RecordException(number=number, outcome=Outcome.REJECTED, code="bad", message="No.")
    ignoring.fold(plan, answered(plan, refusal), START + timedelta(hours=1))
    _, records = ignoring.plan(now=START + DAY)
    assert {r.key: (r.op, dict(r.due)) for r in records if r.seq is not None} == {
        2: ("update", {"score": 7.5, "size": 2})
    }


def test_a_field_that_the_destination_has_come_to_know_is_due_for_everyone(ignoring: Bench) -> None:
    plan, records = ignoring.plan(known=frozenset({"score"}))
    assert {r.key: (r.op, r.due) for r in records} == {1: ("update", {"score": 1.5})}
    ignoring.fold(plan, answered(plan))
    assert ignoring.book().withheld == {"size"}


def test_a_value_that_cannot_be_sent_holds_nobody_while_its_field_is_withheld(ignoring: Bench) -> None:
    ignoring.rows = [{**ANA, "number": float("nan")}, BEN]
    plan, records = ignoring.plan()
    assert (records, plan.counts.held) == ([], 0)


def test_names_in_an_answer_that_are_not_mapped_are_passed_over(bench: Bench) -> None:
    bench.rows = [ANA]
    plan, _ = bench.plan()
    bench.fold(plan, answered(plan, ignored=["something else"]))
    assert bench.book().withheld == frozenset()
    assert bench.book().records[1].values == {"plan": "pro", "score": 1.5}
