"""What the journal has acknowledged survives whatever happens to the process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.errors import StorageError
from penstock.plan.outcomes import Answer, Delivery, Outcome, RecordException
from penstock.plan.receipts import BatchReceipt
from penstock.plan.shape import Batch
from penstock.runs.journal import FILE, Notes, RunStore

WRITER = """
import sys
from pathlib import Path
from penstock.plan.outcomes import Answer, Delivery, Outcome, RecordException
from penstock.plan.shape import Batch
from penstock.runs.journal import Notes, RunStore

store = RunStore(Path(sys.argv[1]))
store.begin("run", "everyone", "full", "2026-01-01T00:00:00+00:00")
for n in range(100_000):
    batch = Batch(first=10 * n, numbers=range(10 * n, 10 * n + 10), body=b"")
    store.record("run", Notes(started=[batch]))
    refusal = RecordException(number=10 * n, outcome=Outcome.REJECTED, code="bad", message="No.", fields=("plan",))
    store.record("run", Notes(ended=[(batch, Delivery(answer=Answer.ANSWERED, exceptions=(refusal,)))]))
    print(n, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path)
    yield opened
    opened.close()


def batch(first: int, last: int) -> Batch:
    return Batch(first=first, numbers=range(first, last + 1), body=b"")


def test_receipts_come_back_as_they_were_noted(store: RunStore) -> None:
    refusal = RecordException(number=3, outcome=Outcome.REJECTED, code="bad", message="Nö 👋", fields=("a", "b"))
    lost = RecordException(number=12, outcome=Outcome.UNKNOWN, code="x", message="")
    store.record("one", Notes(started=[batch(0, 9), batch(10, 19)]))
    first = Delivery(answer=Answer.ANSWERED, exceptions=(refusal,), ignored=("c",))
    second = Delivery(answer=Answer.LOST, exceptions=(lost,), code="timeout", reason="No answer.")
    store.record("one", Notes(started=[batch(20, 29)], ended=[(batch(0, 9), first), (batch(10, 19), second)]))
    store.record("other", Notes(started=[batch(0, 9)]))
    receipts = store.receipts("one")
    assert receipts.batches == (
        BatchReceipt(first=0, last=9, records=10, answer=Answer.ANSWERED, ignored=("c",)),
        BatchReceipt(first=10, last=19, records=10, answer=Answer.LOST, code="timeout", reason="No answer."),
        BatchReceipt(first=20, last=29, records=10, answer=None),
    )
    assert receipts.exceptions == (refusal, lost)
    assert receipts.delivered() == {("c",): [(0, 9)]}
    assert receipts.lost() == [(10, 29)]


def test_handles_ids_and_the_number_of_new_users_come_back(store: RunStore) -> None:
    store.record("one", Notes(started=[batch(0, 9), batch(10, 19)]))
    store.record("one", Notes(handled=[(batch(0, 9), "job é"), (batch(10, 19), "job 2")]))
    ids = {0: "77", 3: '"text id"'}
    store.record("one", Notes(ended=[(batch(0, 9), Delivery(answer=Answer.ANSWERED, remote_ids=ids, created=0))]))
    receipts = store.receipts("one")
    assert [(each.handle, each.answer, each.created) for each in receipts.batches] == [
        ("job é", Answer.ANSWERED, 0),
        ("job 2", None, None),
    ]
    assert dict(receipts.remote_ids()) == ids


def test_a_batch_that_was_sent_in_part_ends_where_it_was_cut(store: RunStore) -> None:
    sparse = Batch(first=10, numbers=[12, 15, 17, 30], body=b"")
    store.record("one", Notes(started=[batch(0, 9), sparse]))
    store.record("one", Notes(ended=[(sparse, Delivery(answer=Answer.ANSWERED, sent=2))]))
    store.record("one", Notes(ended=[(batch(0, 9), Delivery(answer=Answer.LOST, sent=0, reason="Stopped."))]))
    assert store.receipts("one").batches == (
        BatchReceipt(first=0, last=9, records=10, answer=Answer.NOT_SENT, reason="Stopped."),
        BatchReceipt(first=10, last=15, records=2, answer=Answer.ANSWERED),
    )


def test_a_store_of_an_earlier_version_is_opened_with_what_it_holds(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as earlier:
        for column in ("handle", "remote_ids", "created"):
            earlier.execute(f"ALTER TABLE batches DROP COLUMN {column}")
        earlier.execute("INSERT INTO batches VALUES ('old', 0, 9, 10, 'answered', NULL, '', '')")
    earlier.close()
    for read_only in (True, False, False):
        store = RunStore(tmp_path, read_only=read_only)
        assert store.receipts("old").batches == (BatchReceipt(first=0, last=9, records=10, answer=Answer.ANSWERED),)
        store.close()
    store = RunStore(tmp_path)
    store.record("new", Notes(started=[batch(0, 9)], handled=[(batch(0, 9), "job 1")]))
    assert [each.handle for each in store.receipts("new").batches] == ["job 1"]
    store.close()


def test_every_acknowledged_receipt_is_found_after_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(30):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = 30 + len(writer.stdout.readlines())
    store = RunStore(tmp_path)
    receipts = store.receipts("run")
    answered = [receipt for receipt in receipts.batches if receipt.answer is Answer.ANSWERED]
    assert len(answered) in {acknowledged, acknowledged + 1}
    assert len(receipts.batches) - len(answered) in {0, 1}
    assert [found.number for found in receipts.exceptions] == [receipt.first for receipt in answered]
    assert [row.run for row in store.unfinished("everyone")] == ["run"]
    store.close()


def test_it_can_be_read_while_another_writes(store: RunStore, tmp_path: Path) -> None:
    store.begin("one", "everyone", "full", "2026-01-01T00:00:00+00:00")
    reader = RunStore(tmp_path, read_only=True)
    assert [row.status for row in reader.runs("everyone")] == ["planning"]
    store.set_status("one", "sending")
    assert [row.status for row in reader.runs("everyone")] == ["sending"]
    with pytest.raises(StorageError):
        reader.set_status("one", "failed")
    reader.close()


def test_a_note_that_fails_leaves_nothing_of_itself(store: RunStore) -> None:
    store.record("one", Notes(started=[batch(0, 9)]))
    with pytest.raises(StorageError):
        store.record("one", Notes(started=[batch(10, 19), batch(0, 9)]))
    assert [receipt.first for receipt in store.receipts("one").batches] == [0]
    store.record("one", Notes(started=[batch(10, 19)]))
    assert len(store.receipts("one").batches) == 2


def test_a_full_disk_is_called_so(store: RunStore) -> None:
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    refusals = tuple(
        RecordException(number=n, outcome=Outcome.REJECTED, code="bad", message="x" * 900) for n in range(100)
    )
    store.record("one", Notes(started=[batch(0, 99)]))
    with pytest.raises(StorageError) as caught:
        store.record("one", Notes(ended=[(batch(0, 99), Delivery(answer=Answer.ANSWERED, exceptions=refusals))]))
    assert caught.value.code == "disk_full"
    assert store.receipts("one").batches[0].answer is None


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_a_storage_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StorageError) as caught:
        RunStore(tmp_path)
    assert caught.value.code == "store_damaged"


def test_a_folder_in_the_place_of_the_file_and_a_file_in_that_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StorageError):
        RunStore(tmp_path)
    (tmp_path / "plain").write_text("")
    with pytest.raises(StorageError):
        RunStore(tmp_path / "plain")


def test_another_program_that_keeps_the_file_is_waited_for(store: RunStore, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        store._connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StorageError, match="another program holds it"):
            store.begin("one", "everyone", "full", "2026-01-01T00:00:00+00:00")
        other.execute("ROLLBACK")
    other.close()
    store.begin("one", "everyone", "full", "2026-01-01T00:00:00+00:00")


def test_a_renamed_activation_keeps_runs_and_ledger(store: RunStore) -> None:
    store.begin("one", "old", "full", "2026-01-01T00:00:00+00:00")
    store.note_fold("old", "id", 4)
    store.rename("old", "new")
    assert [row.activation for row in store.runs("new")] == ["new"]
    assert (store.last_fold("new"), store.last_fold("old")) == (("id", 4), None)


def test_runs_come_in_the_order_in_which_they_began_whatever_their_clock_said(store: RunStore) -> None:
    for run in ("20270301", "20260301", "20260302"):
        store.begin(run, "everyone", "full", "2026-01-01T00:00:00+00:00")
    assert [row.run for row in store.runs("everyone")] == ["20260302", "20260301", "20270301"]
    assert [row.run for row in store.runs(limit=1)] == ["20260302"]


@pytest.mark.parametrize(
    "damage",
    ["UPDATE batches SET answer = 'perhaps'", "UPDATE batches SET ignored = '[\"'", "UPDATE runs SET report = '{'"],
)
def test_damaged_content_is_a_storage_error(store: RunStore, damage: str) -> None:
    store.begin("one", "everyone", "full", "2026-01-01T00:00:00+00:00")
    store.record("one", Notes(started=[batch(0, 9)]))
    store._connection.execute(damage)
    with pytest.raises(StorageError) as caught:
        store.receipts("one"), store.runs()
    assert caught.value.code == "store_damaged"
    assert "aside" in caught.value.fix
