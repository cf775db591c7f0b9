"""What an interrupted run left behind is taken up: answers are collected where they can be, the rest is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.errors import DestinationError, StorageError
from penstock.plan.outcomes import Answer, Delivery, Outcome, RecordException
from penstock.plan.shape import Addressing, Batch
from penstock.runs.report import INTERRUPTED
from tests.unit.ledger.bench import answered
from tests.unit.operations.interrupted import Interrupted, opened


@pytest.fixture
def interrupted(tmp_path: Path) -> Iterator[Interrupted]:
    with opened(tmp_path) as found:
        yield found


def people(count: int, text: str = "x") -> list[dict[str, object]]:
    return [{"id": n, "email": f"u{n}@x.fr", "text": text, "whole": n} for n in range(count)]


def unreachable(batch: Batch, handle: str) -> Delivery:
    raise DestinationError("Nobody answers.", fix="Try again.")


def same(batch: Batch, other: Batch) -> bool:
    """Whether two batches are one; numbers may be a range or a list."""
    keys = ("first", "last", "count", "body", "whole", "addressing", "in_doubt")
    return list(batch.numbers) == list(other.numbers) and all(getattr(batch, k) == getattr(other, k) for k in keys)


def test_an_answer_is_collected_by_its_handle_and_becomes_the_ledger(interrupted: Interrupted) -> None:
    first, second, third = interrupted.start(people(9))
    interrupted.note(started=[first, second])
    interrupted.note(handled=[(first, "job 1"), (second, "job 2")])
    interrupted.note(ended=[(first, Delivery(answer=Answer.ANSWERED))])

    def answer(batch: Batch, handle: str) -> Delivery:
        refusal = RecordException(number=batch.numbers[0], outcome=Outcome.REJECTED, code="bad", message="No.")
        return Delivery(answer=Answer.ANSWERED, exceptions=(refusal,), remote_ids={batch.numbers[1]: "77"}, created=2)

    interrupted.service.collect_with = answer
    assert interrupted.recover() == ("run-00001",)
    [(batch, handle)] = interrupted.service.collected
    assert (handle, same(batch, second)) == ("job 2", True)
    book = interrupted.bench.book()
    assert set(book.records) == {0, 1, 2, 4, 5}
    assert (book.records[4].remote_id, book.doubts, book.holds) == ("77", frozenset(), frozenset({(3, None)}))
    [row] = interrupted.store.runs("everyone")
    assert (row.status, interrupted.rows()) == (INTERRUPTED, [])
    assert row.report is not None
    assert row.report["outcomes"] == {"delivered": 5, "rejected": 1, "skipped": third.count, "unknown": 0}
    assert (row.report["created"], row.report["updated"]) == (2, 3)


def test_without_a_handle_whatever_was_sent_is_in_doubt(interrupted: Interrupted) -> None:
    first, second, _ = interrupted.start(people(9))
    interrupted.note(started=[first, second])
    interrupted.note(handled=[(second, "job 2")])
    interrupted.recover()
    assert [handle for _, handle in interrupted.service.collected] == ["job 2"]
    book = interrupted.bench.book()
    assert {key for key, field in book.doubts if field is None} == {0, 1, 2}
    assert {key for key, record in book.records.items() if record.exists} == {3, 4, 5}


def test_what_can_still_not_be_told_is_in_doubt(interrupted: Interrupted) -> None:
    [first] = interrupted.start(people(3))
    interrupted.note(started=[first], handled=[(first, "job 1")])
    interrupted.service.collect_with = lambda batch, handle: Delivery(answer=Answer.LOST, reason="Forgotten.")
    interrupted.recover()
    assert {key for key, _ in interrupted.bench.book().doubts} == {0, 1, 2}
    assert interrupted.rows() == []


@pytest.mark.parametrize("full", [False, True])
def test_a_destination_that_cannot_be_reached_now_is_asked_next_time(interrupted: Interrupted, full: bool) -> None:
    batches = interrupted.start(people(6))
    interrupted.note(started=batches)
    interrupted.note(handled=[(batch, f"job {batch.first}") for batch in batches])
    interrupted.service.collect_with = unreachable
    with pytest.raises(DestinationError):
        interrupted.recover(full=full)
    assert [row.run for row in interrupted.rows()] == ["run-00001"]
    assert not interrupted.bench.ledger.exists()
    interrupted.service.collect_with = lambda batch, handle: Delivery(answer=Answer.ANSWERED)
    interrupted.service.collected.clear()
    assert interrupted.recover() == ("run-00001",)
    assert sorted(handle for _, handle in interrupted.service.collected) == ["job 0", "job 3"]
    assert {key for key, record in interrupted.bench.book().records.items() if record.exists} == set(range(6))


def test_an_answer_that_was_collected_is_kept_although_another_cannot_be(interrupted: Interrupted) -> None:
    first, second = interrupted.start(people(6))
    interrupted.note(started=[first, second], handled=[(first, "job 1"), (second, "job 2")])

    def answer(batch: Batch, handle: str) -> Delivery:
        return unreachable(batch, handle) if handle == "job 1" else Delivery(answer=Answer.ANSWERED)

    interrupted.service.collect_with = answer
    with pytest.raises(DestinationError):
        interrupted.recover()
    assert interrupted.plan is not None
    answers = [each.answer for each in interrupted.store.receipts(interrupted.plan.run).batches]
    assert answers == [None, Answer.ANSWERED]


@pytest.mark.parametrize(("recreate", "changed_to"), [(False, False), (True, True), (False, True), (True, False)])
def test_known_users_are_asked_about_as_they_were_sent(
    interrupted: Interrupted, recreate: bool, changed_to: bool
) -> None:
    interrupted.bench.rows = [*people(3)]
    plan, records = interrupted.bench.plan()
    ids = {record.seq: str(100 + record.key) for record in records if record.seq is not None}
    interrupted.bench.fold(plan, answered(plan, remote_ids=ids))
    interrupted.recreate = recreate
    [sent] = interrupted.start(people(3, "y"))
    assert (sent.addressing, bool(sent.whole)) == (Addressing.REMOTE_ID, recreate)
    interrupted.note(started=[sent], handled=[(sent, "job 1")])
    interrupted.recreate = changed_to
    interrupted.recover()
    [(batch, _)] = interrupted.service.collected
    assert same(batch, sent)
    assert {record.values["plan"] for record in interrupted.bench.book().records.values()} == {"y"}


@pytest.mark.parametrize("content", [None, b"", b"{}x"])
def test_where_nobody_knows_how_records_were_written_they_are_in_doubt(
    interrupted: Interrupted, content: bytes | None
) -> None:
    [first] = interrupted.start(people(3))
    interrupted.note(started=[first], handled=[(first, "job 1")])
    shapes = interrupted.home.shapes("run-00001")
    shapes.unlink()
    if content is not None:
        shapes.write_bytes(content)
    interrupted.recover()
    assert interrupted.service.collected == []
    assert {key for key, _ in interrupted.bench.book().doubts} == {0, 1, 2}


@pytest.mark.parametrize("name", ["plan.json", "identity.json", "plan.parquet"])
@pytest.mark.parametrize("content", [None, b"", b"{}", "cut"])
def test_a_run_whose_plan_is_damaged_is_taken_up_by_a_full_run_alone(
    interrupted: Interrupted, name: str, content: bytes | str | None
) -> None:
    batches = interrupted.start(people(6))
    interrupted.note(started=batches)
    path = interrupted.home.run_folder("run-00001") / name
    whole = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    with pytest.raises(StorageError, match="nobody knows what that run sent") as caught:
        interrupted.recover()
    assert (caught.value.code, "--full" in caught.value.fix) == ("plan_damaged", True)
    assert [row.run for row in interrupted.rows()] == ["run-00001"]
    assert interrupted.recover(full=True) == ()
    assert interrupted.rows() == []


def test_a_run_whose_ledger_is_gone_is_not_folded_into_a_new_one(interrupted: Interrupted) -> None:
    interrupted.bench.rows = [*people(3)]
    plan, _ = interrupted.bench.plan()
    interrupted.bench.fold(plan, answered(plan))
    interrupted.note(started=interrupted.start(people(3, "y")))
    interrupted.bench.ledger.unlink()
    with pytest.raises(StorageError) as caught:
        interrupted.recover()
    assert (caught.value.code, "--full" in caught.value.fix) == ("ledger_missing", True)
    assert not interrupted.bench.ledger.exists()
    assert interrupted.recover(full=True) == ()
