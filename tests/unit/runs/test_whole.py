"""Each record in full, as its creation would be: what is due now, and otherwise what is confirmed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from penstock.plan.outcomes import Outcome, RecordException
from penstock.plan.plan import Plan
from penstock.plan.shape import FieldGroup
from penstock.runs.stream import Cut, stream_batches
from tests.unit.ledger.bench import Attribute, Bench, answered
from tests.unit.runs.shapes import read, shape_of

EVERYBODY = Cut(records=1000, body_bytes=10**9, whole=True)
ANA = {"id": 1, "email": "ana@x.fr", "text": "a", "other": "b", "whole": 3}


def learn_ana(bench: Bench, *exceptions: tuple[str, ...], ignored: tuple[str, ...] = ()) -> None:
    """Deliver Ana, whom the destination then knows as 77; the exceptions name refused fields."""
    bench.addresses_known = True
    bench.rows = [ANA]
    plan, [record] = bench.plan()
    assert record.seq is not None
    refusals = [
        RecordException(number=record.seq, outcome=Outcome.REJECTED, code="bad", message="", fields=fields)
        for fields in exceptions
    ]
    bench.fold(plan, answered(plan, *refusals, ignored=ignored, remote_ids={record.seq: "77"}))


def sent(bench: Bench, plan: Plan) -> tuple[dict[str, object], dict[str, object]]:
    """What goes out of the only record of a plan, and the same record in full."""
    path = bench.file(plan)
    assert path is not None
    [batch] = stream_batches(plan, path, shape_of, EVERYBODY)
    [body], [whole] = read(batch.body), read(batch.whole)
    return body, whole


def change(bench: Bench, **values: object) -> tuple[dict[str, object], dict[str, object]]:
    bench.rows = [{**ANA, **values}]
    plan, _ = bench.plan()
    return sent(bench, plan)


def test_what_is_not_due_is_as_it_was_confirmed(bench: Bench) -> None:
    learn_ana(bench)
    assert change(bench, text="z") == (
        {"id": 77, "fields": {"plan": "z"}},
        {"email": "ana@x.fr", "fields": {"plan": "z", "Plan": "b", "size": 3}},
    )


def test_what_is_to_be_cleared_is_written(bench: Bench) -> None:
    learn_ana(bench)
    assert change(bench, other=None, whole=4) == (
        {"id": 77, "fields": {"Plan": None, "size": 4}},
        {"email": "ana@x.fr", "fields": {"plan": "a", "Plan": None, "size": 4}},
    )


def test_what_was_refused_and_never_confirmed_is_left_out(bench: Bench) -> None:
    learn_ana(bench, ("Plan",))
    assert change(bench, text="z")[1] == {"email": "ana@x.fr", "fields": {"plan": "z", "size": 3}}


def test_what_the_destination_ignores_is_left_out(bench: Bench) -> None:
    learn_ana(bench, ignored=("size",))
    assert change(bench, text="z")[1] == {"email": "ana@x.fr", "fields": {"plan": "z", "Plan": "b"}}


def test_what_only_a_creation_sets_is_as_it_was_confirmed(bench: Bench) -> None:
    plan_, other, size = bench.attributes
    bench.attributes = (plan_, Attribute("Plan", other.column, create_only=True), size)
    learn_ana(bench)
    assert change(bench, text="z", other="another") == (
        {"id": 77, "fields": {"plan": "z"}},
        {"email": "ana@x.fr", "fields": {"plan": "z", "Plan": "b", "size": 3}},
    )


def test_a_full_run_has_everything_in_both(bench: Bench) -> None:
    learn_ana(bench)
    plan, _ = bench.plan(full=True)
    body, whole = sent(bench, plan)
    assert body["fields"] == whole["fields"] == {"plan": "a", "Plan": "b", "size": 3}


@pytest.mark.parametrize("number", [61, 62, 130])
def test_a_record_of_more_fields_than_a_word_has_bits(tmp_path: Path, number: int) -> None:
    names = [f"pad {n}" for n in range(number)]
    bench = Bench(tmp_path, [*(Attribute(name, "text") for name in names), Attribute("last", "whole")])
    learn_ana(bench)
    bench.rows = [{**ANA, "whole": 9}]
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    group = FieldGroup(member="fields", fields=(*names, "last"))
    [batch] = stream_batches(plan, path, lambda *way: replace(shape_of(*way), groups=(group,)), EVERYBODY)
    assert read(batch.body) == [{"id": 77, "fields": {"last": 9}}]
    assert read(batch.whole) == [{"email": "ana@x.fr", "fields": {**dict.fromkeys(names, "a"), "last": 9}}]
    bench.close()
