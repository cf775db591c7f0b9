"""Every record goes out once, on its own route, whatever is known of it; and a batch can be read again as it was."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.errors import StorageError
from penstock.plan.outcomes import Answer, Outcome, RecordException
from penstock.plan.plan import Plan
from penstock.plan.routes import ROUTES, route_of
from penstock.plan.shape import Action, Addressing, Batch
from penstock.runs.stream import Cut, read_batch, stream_batches
from tests.unit.ledger.bench import Attribute, Bench, Planned, answered, unanswered
from tests.unit.runs.shapes import read, shape_of

UNLIMITED = 10**9
NEW, CREATION_LOST, CONFIRMED, UPDATE_LOST, KNOWN, KNOWN_LOST = KINDS = range(6)
EXPECTED = {NEW: 0, CREATION_LOST: 2, CONFIRMED: 0, UPDATE_LOST: 2, KNOWN: 1, KNOWN_LOST: 3}
"""The route of each kind of record."""


def rows(kinds: list[int], text: str, *, without: tuple[int, ...] = ()) -> list[dict[str, object]]:
    return [
        {"id": key, "email": f"u{key}@x.fr", "text": text * (key % 7 + 1), "whole": key}
        for key, kind in enumerate(kinds)
        if kind not in without
    ]


def prepare(bench: Bench, kinds: list[int]) -> None:
    """Let a ledger know each record as its kind says."""
    bench.rows = rows(kinds, "a", without=(NEW,))
    plan, records = bench.plan()
    numbers = {record.key: record.seq for record in records if record.seq is not None}
    lost = [
        RecordException(number=number, outcome=Outcome.UNKNOWN, code="x", message="")
        for key, number in numbers.items()
        if kinds[key] == CREATION_LOST
    ]
    ids = {number: str(500 + key) for key, number in numbers.items() if kinds[key] in {KNOWN, KNOWN_LOST}}
    bench.fold(plan, answered(plan, *lost, remote_ids=ids))
    sent_again = (NEW, CREATION_LOST, CONFIRMED, KNOWN)
    bench.rows = [*rows(kinds, "b", without=sent_again), *rows(kinds, "a", without=(NEW, UPDATE_LOST, KNOWN_LOST))]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, Answer.LOST))
    bench.rows = rows(kinds, "c")


@contextmanager
def opened(kinds: list[int], *, addresses_known: bool = True) -> Iterator[tuple[Plan, list[Planned], Path]]:
    """The plan that sends every one of these records."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Attribute("plan", "text"), Attribute("Plan", "other"), Attribute("size", "whole")]
        bench = Bench(Path(folder), names)
        try:
            prepare(bench, kinds)
            bench.addresses_known = addresses_known
            plan, records = bench.plan()
            path = bench.file(plan)
            assert path is not None
            yield plan, records, path
        finally:
            bench.close()


@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=40),
    size=st.sampled_from([1, 2, 3, 7, 100]),
    body_bytes=st.sampled_from([1, 90, 200, UNLIMITED]),
    whole=st.booleans(),
)
@settings(max_examples=12, derandomize=True, deadline=None, database=None)
def test_every_record_goes_once_and_by_its_route(kinds: list[int], size: int, body_bytes: int, whole: bool) -> None:
    with opened(kinds) as (plan, records, path):
        batches = list(stream_batches(plan, path, shape_of, Cut(records=size, body_bytes=body_bytes, whole=whole)))
        sent = {record.seq: record for record in records if record.seq is not None}
        assert sorted(number for batch in batches for number in batch.numbers) == sorted(sent)
        assert {record.key: record.route for record in sent.values()} == {
            key: EXPECTED[kind] for key, kind in enumerate(kinds)
        }
        for batch in batches:
            check_batch(batch, sent, size, body_bytes)
            assert bool(batch.whole) == (whole and batch.addressing is Addressing.REMOTE_ID)
            again = read_batch(plan, path, shape_of, first=batch.first, last=batch.last, whole=whole)
            assert list(again.numbers) == list(batch.numbers)
            assert (again.first, again.body, again.whole) == (batch.first, batch.body, batch.whole)
            assert (again.addressing, again.in_doubt) == (batch.addressing, batch.in_doubt)
        ranges = sorted((batch.first, batch.last) for batch in batches)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(ranges))


def check_batch(batch: Batch, sent: dict[int, Planned], size: int, body_bytes: int) -> None:
    """A batch is of one route, says of which, and keeps within its limits."""
    assert list(batch.numbers) == sorted(batch.numbers)
    records = [sent[number] for number in batch.numbers]
    route = route_of(batch.last)
    assert {record.route for record in records} == {route.code} == {route_of(batch.first).code}
    assert (batch.addressing, batch.in_doubt) == (route.addressing, route.in_doubt)
    assert batch.count <= size
    assert batch.count == 1 or len(batch.body) <= body_bytes
    if route.addressing is Addressing.MATCH:
        assert [text["email"] for text in read(batch.body)] == [record.match for record in records]
    else:
        assert [str(text["id"]) for text in read(batch.body)] == [record.remote_id for record in records]


def test_a_destination_that_does_not_tell_known_users_apart_has_one_route() -> None:
    with opened([*KINDS], addresses_known=False) as (plan, records, path):
        [batch] = stream_batches(plan, path, shape_of, Cut(records=100, body_bytes=UNLIMITED, whole=True))
        assert (batch.addressing, batch.in_doubt, batch.first, batch.whole) == (Addressing.MATCH, False, 0, b"")
        assert {text["email"] for text in read(batch.body)} == {f"u{key}@x.fr" for key in range(len(KINDS))}
        assert {record.route for record in records} == {0}


def test_the_routes_have_ranges_of_their_own_in_the_order_of_their_codes() -> None:
    ways = [
        (Addressing.MATCH, False),
        (Addressing.REMOTE_ID, False),
        (Addressing.MATCH, True),
        (Addressing.REMOTE_ID, True),
    ]
    assert [(route.action, route.addressing, route.in_doubt) for route in ROUTES] == [
        (action, *way) for action in Action for way in ways
    ]
    assert [route.code for route in ROUTES] == list(range(len(ROUTES)))
    for route, after in itertools.pairwise(ROUTES):
        assert route_of(route.first) is route
        assert route_of(after.first - 1) is route


def test_a_range_without_records_is_damage() -> None:
    with opened([KNOWN, KNOWN]) as (plan, _, path), pytest.raises(StorageError) as caught:
        read_batch(plan, path, shape_of, first=0, last=5, whole=False)
    assert caught.value.code == "plan_damaged"
