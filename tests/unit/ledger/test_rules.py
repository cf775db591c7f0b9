"""Fields with a rule: sent only while the user has no value there, or never without a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from penstock.catalog.entities import When
from penstock.plan.outcomes import FILLED, Answer
from tests.unit.ledger.bench import START, Attribute, Bench, answered, unanswered

ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "whole": 1, "tags": ["a"]}
BEN = {"id": 2, "email": "b@x.fr", "text": "free", "whole": 2, "tags": ["b"]}
CAT = {"id": 3, "email": "c@x.fr", "text": None, "whole": 3, "tags": []}
NEXT_DAY = START + timedelta(hours=25)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An activation whose plan is only sent to users who have none."""
    opened = Bench(tmp_path, [Attribute("plan", "text", when=When.ONLY_IF_EMPTY), Attribute("size", "whole")])
    yield opened
    opened.close()


def test_a_value_that_is_there_is_left_alone(bench: Bench) -> None:
    bench.rows = [ANA, BEN, CAT]
    plan, records = bench.leave_filled(bench.plan()[0], {1: ["plan"]})
    assert bench.asked_for == {"a@x.fr", "b@x.fr"}
    assert {r.key: r.due for r in records} == {1: {"size": 1}, 2: {"plan": "free", "size": 2}, 3: {"size": 3}}
    assert [(each.field, each.records, each.examples) for each in plan.filled] == [("plan", 1, ("1",))]
    assert (plan.counts.sent, plan.changes) == (3, {"plan": 1, "size": 3})
    bench.fold(plan, answered(plan))
    book = bench.book()
    assert book.records[1].values == {"size": 1}
    assert book.records[2].values == {"plan": "free", "size": 2}
    assert book.holds == {(1, "plan")}
    assert bench.plan()[1] == []


def test_it_is_looked_at_again_when_it_changes_and_daily(bench: Bench) -> None:
    bench.rows = [ANA]
    plan, _ = bench.leave_filled(bench.plan()[0], {1: ["plan"]})
    bench.fold(plan, answered(plan))
    assert [record.due for record in bench.plan(now=NEXT_DAY)[1]] == [{"plan": "pro"}]
    bench.rows = [{**ANA, "text": "team"}]
    (ana,) = bench.plan()[1]
    assert ana.due == {"plan": "team"}


def test_a_record_with_nothing_else_to_send_is_skipped_once(bench: Bench) -> None:
    bench.rows = [ANA]
    plan, _ = bench.leave_filled(bench.plan()[0], {1: ["plan"]})
    bench.fold(plan, answered(plan))
    bench.rows = [{**ANA, "text": "team"}]
    plan, records = bench.leave_filled(bench.plan()[0], {1: ["plan"]})
    assert [(record.op, record.code) for record in records] == [("skip", FILLED)]
    assert (plan.counts.sent, plan.counts.skipped) == (0, 1)
    bench.fold(plan, answered(plan))
    assert bench.book().holds == {(1, "plan")}
    bench.rows = [{**ANA, "text": "team", "whole": 7}]
    assert [record.due for record in bench.plan()[1]] == [{"size": 7}]


def test_a_newcomer_with_nothing_else_to_send_is_held(bench: Bench) -> None:
    bench.attributes = bench.attributes[:1]
    bench.rows = [ANA]
    plan, _ = bench.leave_filled(bench.plan()[0], {1: ["plan"]})
    bench.fold(plan, answered(plan))
    assert [(record.op, record.code) for record in bench.plan()[1]] == [("hold", FILLED)]
    assert [record.op for record in bench.plan(now=NEXT_DAY)[1]] == ["create"]


def test_what_was_sent_once_is_not_changed_nor_cleared(bench: Bench) -> None:
    bench.rows = [ANA]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}]
    assert bench.plan()[1] == []
    bench.rows = [{**ANA, "text": None}]
    assert bench.plan()[1] == []
    bench.rows = [{**ANA, "text": "team"}]
    (ana,) = bench.plan(full=True)[1]
    assert ana.due == {"plan": "team", "size": 1}


@pytest.mark.parametrize(
    ("column", "value", "empty"), [("text", "pro", "  "), ("tags", ["a"], []), ("whole", 1, None)]
)
def test_an_empty_value_is_never_sent(bench: Bench, column: str, value: object, empty: object) -> None:
    bench.attributes = (Attribute("it", column, when=When.NOT_EMPTY), Attribute("other", "other"))
    bench.rows = [{**ANA, "other": "x", column: value}, {**BEN, "other": "y", column: empty}]
    records = bench.run()[1]
    assert {record.key: set(record.due) for record in records} == {1: {"it", "other"}, 2: {"other"}}
    bench.rows = [{**ANA, "other": "x", column: empty}, {**BEN, "other": "y", column: value}]
    assert {record.key: set(record.due) for record in bench.run()[1]} == {2: {"it"}}
    bench.rows = [{**ANA, "other": "x", column: empty}, {**BEN, "other": "y", column: empty}]
    assert bench.plan()[1] == []


def test_a_value_in_doubt_is_not_cleared_either(bench: Bench) -> None:
    bench.attributes = (replace(bench.attributes[0], when=When.NOT_EMPTY), bench.attributes[1])
    bench.rows = [ANA]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, Answer.LOST))
    bench.rows = [{**ANA, "text": None}]
    assert [record.due for record in bench.plan()[1]] == [{"size": 1}]
