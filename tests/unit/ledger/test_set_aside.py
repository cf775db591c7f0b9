"""Records that cannot be told apart are set aside, whole groups, also where the ledger alone could show it."""

from __future__ import annotations

import pytest

from penstock.errors import ConfigurationError
from tests.unit.ledger.bench import Bench

BALLAST = [{"id": 100 + n, "email": f"m{n}@x.fr", "text": "x"} for n in range(60)]
ANA = {"id": 1, "email": "a@x.fr", "text": "pro"}
BEN = {"id": 2, "email": "b@x.fr", "text": "free"}


@pytest.mark.parametrize("expected", [True, False])
def test_a_known_row_that_stands_twice_as_it_was_while_another_changes(bench: Bench, expected: bool) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [ANA, ANA, {**BEN, "text": "team"}, *BALLAST]
    plan, records = bench.plan(expect_set_aside=expected)
    assert [(reason.code, reason.records) for reason in plan.set_aside] == [("duplicate_key", 2)]
    assert {record.key: record.op for record in records} == {2: "update"}
    assert (plan.counts.desired, plan.counts.unchanged, plan.counts.held) == (63, 60, 2)


@pytest.mark.parametrize("expected", [True, False])
def test_a_newcomer_with_the_address_of_an_unchanged_member(bench: Bench, expected: bool) -> None:
    bench.rows = [ANA, *BALLAST]
    bench.run()
    bench.rows = [ANA, {**BEN, "email": "A@X.fr"}, *BALLAST]
    plan, records = bench.plan(expect_set_aside=expected)
    assert [(reason.code, reason.records) for reason in plan.set_aside] == [("duplicate_match_value", 2)]
    assert records == []


def test_somebody_who_is_set_aside_has_not_left_and_comes_back_unharmed(bench: Bench) -> None:
    bench.rows = [ANA, BEN, *BALLAST]
    bench.run()
    bench.rows = [{**ANA, "email": ""}, BEN, *BALLAST]
    plan, records = bench.plan()
    assert (records, plan.counts.left, plan.counts.held) == ([], 0, 1)
    bench.deliver(plan)
    bench.rows = [{**ANA, "text": "team"}, BEN, *BALLAST]
    _, records = bench.plan()
    assert {record.key: (record.op, record.due) for record in records} == {1: ("update", {"plan": "team"})}


def test_rows_without_key_are_counted_by_themselves(bench: Bench) -> None:
    bench.rows = [{**ANA, "id": None}, {**BEN, "id": None}, *BALLAST]
    plan, records = bench.plan()
    assert [(reason.code, reason.records) for reason in plan.set_aside] == [("key_missing", 2)]
    assert (len(records), plan.counts.held) == (60, 2)


def test_more_than_a_twentieth_refuses_the_run_with_figures_and_examples(bench: Bench) -> None:
    bench.rows = [ANA, ANA, BEN, BEN, *BALLAST[:36]]
    with pytest.raises(ConfigurationError) as caught:
        bench.plan()
    assert caught.value.code == "too_many_set_aside"
    assert "4 of 40 records (10.0%)" in caught.value.message
    assert "look at the keys 1, 2" in caught.value.fix
    bench.rows = [ANA, ANA, *BALLAST[:38]]
    plan, _ = bench.plan()
    assert plan.counts.held == 2


def test_a_source_without_rows(bench: Bench) -> None:
    plan, records = bench.run()
    assert (plan.counts.desired, records) == (0, [])
    bench.rows = [ANA]
    bench.run()
    bench.rows = []
    plan, records = bench.plan()
    assert [(record.key, record.op) for record in records] == [(1, "leave")]
    assert (plan.counts.desired, plan.counts.left) == (0, 1)
