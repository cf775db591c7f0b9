"""Batches hold every record of a plan once, in order, within both limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from penstock.errors import StorageError
from penstock.plan.plan import Plan
from penstock.plan.shape import Batch, FieldGroup, RecordShape
from penstock.runs.stream import WINDOW_RECORDS, Cut, stream_batches
from tests.unit.ledger.bench import Bench

SHAPE = RecordShape(
    identifier="email",
    constants=(("mergeNestedObjects", "true"),),
    groups=(FieldGroup(member="dataFields", fields=("plan", "Plan", "size")),),
    instant_format="%Y",
)
UNLIMITED = 10**9


def made(bench: Bench, texts: list[str]) -> tuple[Plan, Path]:
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": text, "whole": n} for n, text in enumerate(texts)]
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    return plan, path


def batches(plan: Plan, path: Path, *, records: int = UNLIMITED, body_bytes: int = UNLIMITED) -> list[Batch]:
    found = list(stream_batches(plan, path, lambda *_: SHAPE, Cut(records=records, body_bytes=body_bytes)))
    assert [number for batch in found for number in batch.numbers] == list(range(plan.counts.sent))
    firsts = [0, *(batch.last + 1 for batch in found)]
    assert [batch.first for batch in found] == firsts[: len(found)]
    return found


def contents(batch: Batch) -> list[dict[str, object]]:
    read = orjson.loads(b"[" + batch.body[:-1] + b"]")
    assert isinstance(read, list)
    assert len(read) == batch.count
    return read


def test_a_record_is_its_identifier_constants_and_due_fields(bench: Bench) -> None:
    bench.rows = [{"id": 1, "email": " Zoé@X.fr", "text": 'a"b\n👋', "other": None, "whole": 9007199254740993}]
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    [batch] = batches(plan, path)
    assert batch.body == (
        '{"email":"zoé@x.fr","mergeNestedObjects":true,'
        '"dataFields":{"plan":"a\\"b\\n👋","size":9007199254740993}},'.encode()
    )


def test_a_cleared_field_is_null_and_a_record_without_due_fields_has_no_group(bench: Bench) -> None:
    bench.rows = [{"id": 1, "email": "a@x.fr", "text": "x"}, {"id": 2, "email": "b@x.fr"}]
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    records = {record["email"]: record for record in contents(batches(plan, path)[0])}
    assert records["b@x.fr"] == {"email": "b@x.fr", "mergeNestedObjects": True}
    bench.deliver(plan)
    bench.rows[0] = {"id": 1, "email": "a@x.fr", "other": "y"}
    plan, _ = bench.plan()
    path = bench.file(plan)
    assert path is not None
    [batch] = batches(plan, path)
    assert contents(batch)[0]["dataFields"] == {"plan": None, "Plan": "y"}


def test_records_at_the_top_level(bench: Bench) -> None:
    plan, path = made(bench, ["x"])
    shape = RecordShape(
        identifier='the "id"', groups=(FieldGroup(member=None, fields=("plan", "size")),), instant_format="%Y"
    )
    [batch] = stream_batches(plan, path, lambda *_: shape, Cut(records=10, body_bytes=UNLIMITED))
    assert contents(batch) == [{'the "id"': "u0@x.fr", "plan": "x", "size": 0}]


@pytest.mark.parametrize("size", [1, 3, 100, 101, 1000])
def test_batches_are_full_by_count(bench: Bench, size: int) -> None:
    plan, path = made(bench, ["x"] * 100)
    found = batches(plan, path, records=size)
    assert [batch.count for batch in found[:-1]] == [size] * (len(found) - 1)
    assert sum(batch.count for batch in found) == 100


def test_batches_are_as_full_as_their_bytes_allow_and_never_fuller(bench: Bench) -> None:
    plan, path = made(bench, ["x" * (n * 37 % 500) for n in range(300)])
    sizes = [len(batch.body) for batch in batches(plan, path, records=1)]
    for limit in (max(sizes), max(sizes) + 1, 2000, sum(sizes) - 1, sum(sizes)):
        expected: list[int] = []
        for size in sizes:
            if expected and expected[-1] + size <= limit:
                expected[-1] += size
            else:
                expected.append(size)
        assert [len(batch.body) for batch in batches(plan, path, body_bytes=limit)] == expected


def test_a_record_larger_than_the_limit_stands_alone(bench: Bench) -> None:
    plan, path = made(bench, ["x", "x" * 40_000, "x", "x" * 40_000])
    assert [batch.count for batch in batches(plan, path, body_bytes=1000)] == [1, 1, 1, 1]


def test_batches_run_over_the_edges_of_windows(bench: Bench) -> None:
    plan, path = made(bench, [f"text {n}" for n in range(3 * WINDOW_RECORDS + 17)])
    one_by_one = b"".join(batch.body for batch in batches(plan, path, records=1))
    for size in (1000, WINDOW_RECORDS, WINDOW_RECORDS + 1):
        found = batches(plan, path, records=size)
        assert b"".join(batch.body for batch in found) == one_by_one
        assert all(batch.count == size for batch in found[:-1])


def test_records_that_are_not_sent_lie_between_the_numbers(bench: Bench) -> None:
    plan, _ = made(bench, ["x"] * 60)
    bench.deliver(plan)
    bench.rows = [
        {**row, "text": "y"} if row["id"] % 2 else {**row, "email": "other" + row["email"]} for row in bench.rows
    ]
    plan, records = bench.plan()
    path = bench.file(plan)
    assert path is not None
    found = list(stream_batches(plan, path, lambda *_: SHAPE, Cut(records=7, body_bytes=UNLIMITED)))
    due = {record.seq: record.match for record in records if record.seq is not None}
    assert {n: content["email"] for b in found for n, content in zip(b.numbers, contents(b), strict=True)} == due
    assert [batch.first for batch in found] == [0, *(batch.last + 1 for batch in found[:-1])]


def test_a_plan_of_nobody_has_no_batches(bench: Bench) -> None:
    plan, path = made(bench, [])
    assert batches(plan, path) == []


def test_a_file_that_lacks_records_is_noticed(bench: Bench) -> None:
    plan, path = made(bench, ["x"] * 10)
    other, shorter = made(bench, ["x"] * 9)
    shorter.replace(path)
    with pytest.raises(StorageError) as caught:
        list(stream_batches(plan, path, lambda *_: SHAPE, Cut(records=5, body_bytes=UNLIMITED)))
    assert (caught.value.code, other.counts.sent) == ("plan_damaged", 9)


def test_a_file_with_more_due_than_the_plan_has_counted_is_noticed(bench: Bench) -> None:
    plan, path = made(bench, ["x"] * 10)
    less = replace(plan, changes={name: records for name, records in plan.changes.items() if name != "size"})
    with pytest.raises(StorageError) as caught:
        list(stream_batches(less, path, lambda *_: SHAPE, Cut(records=5, body_bytes=UNLIMITED)))
    assert caught.value.code == "plan_damaged"


def test_a_field_that_is_rarely_due_stands_beside_those_that_often_are(bench: Bench) -> None:
    plan, _ = made(bench, [f"{n}" for n in range(20)])
    bench.deliver(plan)
    bench.rows = [
        {**row, "text": None if n % 3 == 0 else "y", "other": "z" if n % 7 == 0 else None, "whole": n + (n % 5 == 0)}
        for n, row in enumerate(bench.rows)
    ]
    plan, records = bench.plan()
    path = bench.file(plan)
    assert path is not None
    [batch] = stream_batches(plan, path, lambda *_: SHAPE, Cut(records=100, body_bytes=UNLIMITED))
    sent = {content["email"]: content["dataFields"] for content in contents(batch)}
    expected = {
        f"u{n}@x.fr": {"plan": None if n % 3 == 0 else "y"}
        | ({"Plan": "z"} if n % 7 == 0 else {})
        | ({"size": n + 1} if n % 5 == 0 else {})
        for n in range(20)
    }
    assert sent == expected
    assert len(records) == 20
