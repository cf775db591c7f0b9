"""Saying that nothing has changed without looking at records must never be wrong."""

from __future__ import annotations

from penstock.plan.outcomes import Answer
from tests.unit.ledger.bench import Bench, unanswered

BALLAST = [{"id": 100 + n, "email": f"m{n}@x.fr", "text": "x"} for n in range(40)]
ANA = {"id": 1, "email": "ana@x.fr", "text": "pro"}
BEN = {"id": 2, "email": "ben@x.fr", "text": "free"}


def test_a_second_run_of_the_same_rows_in_another_order_writes_no_file(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [*reversed(BALLAST), BEN, ANA]
    plan, records = bench.plan()
    assert (bench.file(plan), records, plan.reshapes) == (None, [], False)
    assert (plan.counts.desired, plan.counts.unchanged) == (42, 42)


def test_two_people_who_exchange_their_keys_are_held(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "id": 2}, {**BEN, "id": 1}, *BALLAST]
    _, records = bench.plan()
    assert {record.key: record.code for record in records} == {1: "identity_changed", 2: "identity_changed"}


def test_a_key_that_now_stands_twice_is_noticed_although_the_other_columns_are_as_before(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [ANA, {**BEN, "id": 1}, *BALLAST]
    plan, records = bench.plan()
    assert [(reason.code, reason.records, reason.examples) for reason in plan.set_aside] == [
        ("duplicate_key", 2, ("1",))
    ]
    assert [(record.key, record.op) for record in records] == [(2, "leave")]


def test_two_people_who_exchange_a_value_are_both_updated(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "text": "free"}, {**BEN, "text": "pro"}, *BALLAST]
    _, records = bench.plan()
    assert {record.key: record.due for record in records} == {1: {"plan": "free"}, 2: {"plan": "pro"}}


def test_what_is_in_doubt_of_who_left_is_nobody_s_business_until_they_return(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}, BEN, *BALLAST]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, Answer.LOST))
    assert bench.file(bench.plan()[0]) is not None  # she is a member, and what is in doubt is due
    bench.rows = [BEN, *BALLAST]
    assert [(record.key, record.op) for record in bench.run()[1]] == [(1, "leave")]
    for _ in range(2):
        plan, records = bench.run()
        assert (bench.file(plan), records) == (None, [])
    bench.rows = [ANA, BEN, *BALLAST]
    assert [(record.op, record.due) for record in bench.run()[1]] == [("update", {"plan": "pro"})]
    assert bench.file(bench.plan()[0]) is None


def test_whose_creation_is_in_doubt_is_created_on_returning_and_no_plan_is_made_meanwhile(bench: Bench) -> None:
    bench.rows = [BEN, *BALLAST]
    bench.run()
    bench.rows = [ANA, BEN, *BALLAST]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, Answer.LOST))
    bench.rows = [BEN, *BALLAST]
    bench.run()
    assert bench.file(bench.plan()[0]) is None
    bench.rows = [ANA, BEN, *BALLAST]
    assert [(record.op, record.due) for record in bench.plan()[1]] == [("create", {"plan": "pro"})]
