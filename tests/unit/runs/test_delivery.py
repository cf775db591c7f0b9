"""Batches on their way: what a delivery may leave behind, and what becomes of a batch that was sent in part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.destinations.contract import RunLink
from penstock.plan.outcomes import Answer, Delivery, Outcome, RecordException
from penstock.plan.plan import Plan
from penstock.plan.shape import Batch
from penstock.runs.delivery import Course, deliver_plan
from penstock.runs.findings import find
from penstock.runs.journal import RunStore
from penstock.runs.scribe import Scribe
from tests.unit.ledger.bench import Bench
from tests.unit.runs.fake_service import FakeService


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path)
    yield opened
    opened.close()


def people(count: int) -> list[dict[str, object]]:
    return [{"id": n, "email": f"u{n}@x.fr", "text": "x"} for n in range(count)]


def send(bench: Bench, store: RunStore, service: FakeService, *, records: int = 6) -> tuple[Plan, Course, list[int]]:
    """Deliver new people in batches of three, one after the other; return also the progress that was told."""
    bench.rows = people(records)
    plan, _ = bench.plan()
    path, course, progress = bench.file(plan), Course(), list[int]()
    assert path is not None

    async def sending() -> None:
        async with Scribe(store, plan.run) as scribe:
            await deliver_plan(plan, path, service, scribe, course=course, progress=progress.append, whole=False)

    asyncio.run(sending())
    return plan, course, progress


def test_a_handle_is_durable_when_the_delivery_goes_on(bench: Bench, store: RunStore, tmp_path: Path) -> None:
    seen = []

    async def take(batch: Batch, link: RunLink) -> Delivery:
        await link.hold_on_to("job 1")
        await link.hold_on_to(f"job of {batch.first}")
        reader = RunStore(tmp_path, read_only=True)
        seen.append([(each.first, each.handle, each.answer) for each in reader.receipts("run-00001").batches])
        reader.close()
        return Delivery(answer=Answer.ANSWERED)

    send(bench, store, FakeService(deliver_with=take))
    assert seen == [
        [(0, "job of 0", None)],
        [(0, "job of 0", Answer.ANSWERED), (3, "job of 3", None)],
    ]


def test_the_rest_of_a_batch_that_was_sent_in_part_is_due_again(bench: Bench, store: RunStore) -> None:
    async def take_two(batch: Batch, link: RunLink) -> Delivery:
        link.stop.set()
        refusal = RecordException(number=batch.numbers[0], outcome=Outcome.REJECTED, code="bad", message="No.")
        return Delivery(answer=Answer.ANSWERED, exceptions=(refusal,), sent=2, reason="Stopped.")

    plan, course, progress = send(bench, store, FakeService(deliver_with=take_two))
    receipts = store.receipts(plan.run)
    assert [(each.first, each.last, each.records, each.answer) for each in receipts.batches] == [
        (0, 1, 2, Answer.ANSWERED)
    ]
    assert (progress, course.failure) == ([2], None)
    found = find(plan, bench.file(plan), receipts, ())
    assert found.outcomes == {"delivered": 1, "rejected": 1, "skipped": 4, "unknown": 0}
    assert {reason.code: reason.count for reason in found.reasons} == {"bad": 1, "not_sent": 4}
    bench.fold(plan, receipts)
    assert (set(bench.book().records), bench.book().doubts) == ({1}, frozenset())
    _, records = bench.plan()
    assert {r.key: (r.op, r.route) for r in records} == {0: ("hold", 0)} | dict.fromkeys(range(2, 6), ("create", 0))


@pytest.mark.parametrize("answer", [*Answer])
def test_a_batch_of_which_nothing_was_sent_is_due_again(bench: Bench, store: RunStore, answer: Answer) -> None:
    async def take_none(batch: Batch, link: RunLink) -> Delivery:
        link.stop.set()
        return Delivery(answer=answer, sent=0, reason="The run was stopped.")

    plan, _, progress = send(bench, store, FakeService(deliver_with=take_none))
    receipts = store.receipts(plan.run)
    assert [(each.answer, each.records) for each in receipts.batches] == [(Answer.NOT_SENT, 3)]
    assert progress == [0]
    found = find(plan, bench.file(plan), receipts, ())
    assert [(reason.code, reason.count, reason.message) for reason in found.reasons] == [
        ("not_sent", 6, "The run was stopped.")
    ]
    bench.fold(plan, receipts)
    assert bench.book().records == {}
    _, records = bench.plan()
    assert {(record.op, record.route) for record in records} == {("create", 0)}


def test_a_batch_sent_in_part_and_lost_leaves_only_that_part_in_doubt(bench: Bench, store: RunStore) -> None:
    async def lose_one(batch: Batch, link: RunLink) -> Delivery:
        link.stop.set()
        return Delivery(answer=Answer.LOST, sent=1, reason="No answer.")

    plan, _, _ = send(bench, store, FakeService(deliver_with=lose_one))
    bench.fold(plan, store.receipts(plan.run))
    assert {key for key, _ in bench.book().doubts} == {0}


def test_ids_and_new_users_are_told_to_the_ledger_and_the_report(bench: Bench, store: RunStore) -> None:
    async def create_first(batch: Batch, link: RunLink) -> Delivery:
        ids = {number: str(100 + number) for number in batch.numbers}
        return Delivery(answer=Answer.ANSWERED, remote_ids=ids, created=1)

    plan, _, _ = send(bench, store, FakeService(deliver_with=create_first), records=5)
    receipts = store.receipts(plan.run)
    assert [each.created for each in receipts.batches] == [1, 1]
    found = find(plan, bench.file(plan), receipts, ())
    assert (found.created, found.outcomes["delivered"]) == (2, 5)
    bench.fold(plan, receipts)
    assert {key: record.remote_id for key, record in bench.book().records.items()} == {
        n: str(100 + n) for n in range(5)
    }


def test_a_destination_that_does_not_tell_who_is_new(bench: Bench, store: RunStore) -> None:
    plan, _, _ = send(bench, store, FakeService())
    assert find(plan, bench.file(plan), store.receipts(plan.run), ()).created is None
