"""The fold: once, whole, and after whatever interruption."""

from __future__ import annotations

import pytest

from penstock.errors import StorageError
from penstock.plan.outcomes import Answer
from penstock.plan.plan import Plan
from tests.unit.ledger.bench import START, Attribute, Bench, answered, unanswered

ROWS = [{"id": n, "email": f"u{n}@x.fr", "text": "A", "number": 1.5, "whole": n} for n in range(5)]


def edited(bench: Bench, **values: object) -> Plan:
    """A plan in which user 0 has other values."""
    bench.rows = [{**ROWS[0], **values}, *ROWS[1:]]
    plan, _ = bench.plan()
    return plan


def test_folding_a_run_again_changes_nothing(bench: Bench) -> None:
    bench.rows = ROWS
    bench.run()
    plan = edited(bench, text="B")
    first = bench.fold(plan, answered(plan))
    book = bench.book()
    assert bench.fold(plan, unanswered(plan, Answer.LOST)) == first
    assert bench.book() == book


@pytest.mark.parametrize("answer", [Answer.LOST, None])
@pytest.mark.parametrize(
    ("now", "due"),
    [("A", {"plan": "A"}), (None, {"plan": None}), ("B", {"plan": "B"}), ("C", {"plan": "C"})],
)
def test_what_was_lost_is_sent_again_whatever_is_desired_now(
    bench: Bench, answer: Answer | None, now: str | None, due: dict[str, str | None]
) -> None:
    bench.rows = ROWS
    bench.run()
    plan = edited(bench, text="B")
    bench.fold(plan, unanswered(plan, answer))
    bench.rows = [{**ROWS[0], "text": now}, *ROWS[1:]]
    _, records = bench.plan()
    assert [(record.op, record.due) for record in records] == [("update", due)]


def test_a_creation_that_was_lost_is_sent_again_with_what_was_cleared_since(bench: Bench) -> None:
    bench.rows = ROWS
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, None))
    bench.rows = [{**ROWS[0], "text": None}]
    _, records = bench.plan()
    assert {record.key: (record.op, record.due) for record in records} == {
        0: ("create", {"plan": None, "score": 1.5, "size": 0}),
        **{key: ("leave", {}) for key in range(1, 5)},
    }


def test_a_run_that_sent_nothing_leaves_everything_due(bench: Bench) -> None:
    bench.rows = ROWS
    plan, before = bench.plan()
    bench.fold(plan, unanswered(plan, Answer.NOT_SENT))
    _, after = bench.plan()
    assert {record.key: record.due for record in after} == {record.key: record.due for record in before}
    assert bench.book().records == {}


def test_a_field_that_was_unmapped_is_forgotten_and_due_when_it_comes_back(bench: Bench) -> None:
    bench.rows = ROWS
    bench.run()
    all_fields = bench.attributes
    bench.attributes = all_fields[:1]
    plan, records = bench.plan()
    assert (records, plan.reshapes) == ([], True)
    bench.deliver(plan)
    bench.attributes = all_fields
    _, records = bench.plan()
    assert {record.key: record.due for record in records} == {n: {"score": 1.5, "size": n} for n in range(5)}


def test_a_field_whose_type_changes_is_due_anew(bench: Bench) -> None:
    bench.rows = [{"id": 1, "email": "a@x.fr", "text": "007", "whole": 7}]
    bench.attributes = (Attribute("code", "text"),)
    bench.run()
    bench.attributes = (Attribute("code", "whole"),)
    _, records = bench.run()
    assert [record.due for record in records] == [{"code": 7}]
    bench.attributes = (Attribute("code", "text"),)
    _, records = bench.plan()
    assert [record.due for record in records] == [{"code": "007"}]


def test_a_fold_that_fails_leaves_the_ledger_as_it_was(bench: Bench) -> None:
    bench.rows = ROWS
    bench.run()
    book = bench.book()
    plan = edited(bench, text="B")
    path = bench.file(plan)
    assert path is not None
    kept = path.read_bytes()
    path.write_bytes(kept[: len(kept) // 2])
    with pytest.raises(Exception, match="parquet"):
        bench.fold(plan, answered(plan))
    assert bench.book() == book
    path.write_bytes(kept)
    bench.fold(plan, answered(plan))
    assert bench.book().records[0].values["plan"] == "B"


@pytest.mark.parametrize("first", [True, False])
def test_a_fold_without_room_leaves_what_was(bench: Bench, first: bool) -> None:
    bench.rows = ROWS
    if not first:
        bench.run()
    book = bench.book()
    plan = edited(bench, text="B")
    bench.ledger.with_suffix(".unfinished").mkdir()
    moved = bench.ledger
    if not first:
        bench.ledger = bench.folder / "no such folder" / "ledger.duckdb"
    with pytest.raises(StorageError):
        bench.fold(plan, answered(plan))
    bench.ledger = moved
    bench.ledger.with_suffix(".unfinished").rmdir()
    assert bench.book() == book
    assert bench.fold(plan, answered(plan), START).fold == (1 if first else 2)
