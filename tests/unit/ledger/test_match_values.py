"""A match value names one user at the destination, whoever has it in the source."""

from __future__ import annotations

import pytest

from penstock.plan.outcomes import Answer
from tests.unit.ledger.bench import Bench, unanswered

BALLAST = [{"id": 100 + n, "email": f"m{n}@x.fr", "text": "x"} for n in range(60)]
ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "whole": 1}
NEW = {"id": 2, "email": "A@x.fr", "text": "free", "whole": None}


def test_a_newcomer_has_the_address_of_somebody_who_leaves_in_the_same_run(bench: Bench) -> None:
    bench.rows = [ANA, *BALLAST]
    bench.run()
    bench.rows = [NEW, *BALLAST]
    _, records = bench.run()
    assert {record.key: record.op for record in records} == {1: "leave", 2: "create"}
    assert set(bench.book().records) == {2, *range(100, 160)}


@pytest.mark.parametrize("answer", [Answer.LOST, None])
def test_nobody_is_taken_for_confirmed_under_an_address_where_a_newcomer_may_have_been_written(
    bench: Bench, answer: Answer | None
) -> None:
    bench.rows = [ANA, *BALLAST]
    bench.run()
    bench.rows = [NEW, *BALLAST]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, answer))
    bench.rows = [ANA, *BALLAST]
    _, records = bench.plan()
    assert [(r.op, r.due) for r in records if r.key == 1] == [("create", {"plan": "pro", "size": 1})]


def test_the_address_that_a_member_is_about_to_leave_is_not_given_away(bench: Bench) -> None:
    bench.rows = [ANA, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "email": "ana@x.fr"}, NEW, *BALLAST]
    plan, records = bench.plan()
    assert {record.key: record.code for record in records} == {1: "identity_changed", 2: "identity_taken"}
    assert (plan.counts.held, plan.counts.sent) == (2, 0)


def test_the_address_of_a_member_who_is_set_aside_is_not_given_away(bench: Bench) -> None:
    bench.rows = [ANA, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "email": None}, NEW, *BALLAST]
    plan, records = bench.plan()
    assert [(record.key, record.op, record.code) for record in records] == [(2, "hold", "identity_taken")]
    assert (plan.counts.desired, plan.counts.held) == (62, 2)


def test_addresses_that_differ_only_in_case_are_one(bench: Bench) -> None:
    bench.rows = [ANA, NEW, *BALLAST]
    plan, records = bench.plan()
    assert [(reason.code, reason.records) for reason in plan.set_aside] == [("duplicate_match_value", 2)]
    assert not {1, 2} & {record.key for record in records}
