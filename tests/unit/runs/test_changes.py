"""Changes of single records, as people see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.plan.plan import Plan
from penstock.runs.changes import FieldChange, RecordChange, changes_of, plan_reader, sample_changes
from tests.unit.ledger.bench import Bench


@pytest.fixture
def edited(bench: Bench) -> Bench:
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": "x", "whole": n} for n in range(5)]
    bench.run()
    bench.rows = [{**bench.rows[0], "text": None, "other": "new"}, *bench.rows[1:], {"id": 9, "email": "New@x.fr"}]
    return bench


def _changes(plan: Plan, path: Path, key: str) -> tuple[RecordChange, ...]:
    with plan_reader() as reader:
        return changes_of(reader, plan, path, key)


@pytest.mark.parametrize("key", ["0", "u0@x.fr", "U0@X.fr"])
def test_before_and_after_of_one_record(edited: Bench, key: str) -> None:
    plan, _ = edited.plan()
    path = edited.file(plan)
    assert path is not None
    [change] = _changes(plan, path, key)
    assert (change.op, change.key, change.match, change.code) == ("update", "0", "u0@x.fr", None)
    assert set(change.fields) == {
        FieldChange(field="plan", before="x", after=None),
        FieldChange(field="Plan", before=None, after="new"),
    }


def test_a_sample_shows_updates_first_and_only_what_is_sent(edited: Bench) -> None:
    plan, _ = edited.plan()
    path = edited.file(plan)
    assert path is not None
    assert [change.op for change in sample_changes(plan, path, 10)] == ["update", "create"]
    assert [change.key for change in sample_changes(plan, path, 1)] == ["0"]


def test_a_first_run_has_no_before(bench: Bench) -> None:
    bench.rows = [{"id": 1, "email": "a@x.fr", "text": 'q"', "whole": 2}]
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    [change] = _changes(plan, path, "1")
    assert change.to_json()["changes"] == [
        {"field": "plan", "before": None, "after": 'q"'},
        {"field": "size", "before": None, "after": 2},
    ]
    assert _changes(plan, path, "2") == ()
