"""Ids that the destination told: kept in the ledger and in the account's directory, whatever interrupts the fold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from penstock.ledger.directory import KNOWN, Directory, opened
from penstock.ledger.planning import make_plan
from penstock.plan.outcomes import DELETED, Answer, Outcome, RecordException
from penstock.plan.plan import Plan
from tests.unit.ledger.bench import IDENTITY, START, Attribute, Bench, Planned, answered, unanswered

ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "whole": 1}
BEN = {"id": 2, "email": "b@x.fr", "text": "free", "whole": 2}
CAT = {"id": 3, "email": "c@x.fr", "text": "free", "whole": 3}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An activation to an account with a directory."""
    opened_ = activation(tmp_path, "one")
    yield opened_
    opened_.close()


def activation(folder: Path, name: str) -> Bench:
    """One of several activations to the same account."""
    (folder / name).mkdir()
    bench = Bench(folder / name, [Attribute("plan", "text"), Attribute("size", "whole")])
    bench.addresses_known = True
    bench.directory = Directory(path=folder / "users.duckdb", account=IDENTITY.account, match_key="email")
    return bench


def numbers(records: list[Planned]) -> dict[int, int]:
    return {record.key: record.seq for record in records if record.seq is not None}


def tell(bench: Bench, ids: dict[int, str], *gone: int) -> Plan:
    """Deliver what is due; the destination tells these ids, and that these keys' users are deleted."""
    plan, records = bench.plan()
    by_key = numbers(records)
    deleted = [
        RecordException(number=by_key[key], outcome=Outcome.SKIPPED, code=DELETED, message="Gone.") for key in gone
    ]
    receipts = answered(plan, *deleted, remote_ids={by_key[key]: remote_id for key, remote_id in ids.items()})
    bench.fold(plan, receipts)
    return plan


def ids(bench: Bench) -> dict[int, str | None]:
    return {key: record.remote_id for key, record in bench.book().records.items()}


def directory(bench: Bench) -> dict[str, str]:
    with opened(bench.connection, bench.directory) as usable:
        return dict(bench.connection.execute(f"SELECT match, remote_id FROM {KNOWN}").fetchall()) if usable else {}


def test_what_was_ignored_is_not_confirmed_of_whoever_has_another_id_now(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11", 2: "22"})
    bench.rows = [{**ANA, "text": "team"}, {**BEN, "text": "team"}]
    plan, records = bench.plan()
    again = numbers(records)
    receipts = answered(plan, ignored=["size"], remote_ids={again[1]: "33", again[2]: "22"})
    bench.fold(plan, receipts)
    values = {key: record.values for key, record in bench.book().records.items()}
    assert values == {1: {"plan": "team"}, 2: {"plan": "team", "size": 2}}
    _, records = bench.plan(known=frozenset({"size"}))
    assert {record.key: record.due for record in records} == {1: {"size": 1}}


def test_ids_told_at_a_first_run_are_kept(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    plan = tell(bench, {1: "11"})
    assert not plan.compared
    assert ids(bench) == {1: "11", 2: None}
    assert directory(bench) == {"a@x.fr": "11"}


def test_ids_told_later_are_kept_and_survive_folds_that_tell_none(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11"})
    bench.rows = [{**ANA, "whole": 5}, {**BEN, "whole": 5}, CAT]
    assert tell(bench, {2: "22", 3: "33"}).compared
    bench.rows = [{**ANA, "whole": 6}, {**BEN, "whole": 6}, {**CAT, "whole": 6}]
    tell(bench, {})
    assert ids(bench) == {1: "11", 2: "22", 3: "33"}
    assert directory(bench) == {"a@x.fr": "11", "b@x.fr": "22", "c@x.fr": "33"}


def test_a_newer_id_takes_the_place_of_the_older(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11", 2: "22"})
    bench.rows = [{**ANA, "whole": 5}, BEN]
    tell(bench, {1: "111"})
    assert ids(bench) == {1: "111", 2: "22"}
    assert directory(bench) == {"a@x.fr": "111", "b@x.fr": "22"}


def test_a_record_of_which_one_field_was_refused_keeps_its_id(bench: Bench) -> None:
    bench.rows = [ANA]
    plan, [record] = bench.plan()
    number = numbers([record])[1]
    refusal = RecordException(number=number, outcome=Outcome.REJECTED, code="bad", message="", fields=("size",))
    bench.fold(plan, answered(plan, refusal, remote_ids={number: "11"}))
    assert ids(bench) == {1: "11"}


@pytest.mark.parametrize("answer", [Answer.LOST, None])
def test_a_record_in_doubt_has_the_id_that_the_directory_knew(
    bench: Bench, tmp_path: Path, answer: Answer | None
) -> None:
    bench.rows = [ANA]
    tell(bench, {1: "11"})
    other = activation(tmp_path, "two")
    other.rows = [ANA, BEN]
    plan, _ = other.plan()
    other.fold(plan, unanswered(plan, answer))
    assert ids(other) == {1: "11", 2: None}
    _, records = other.plan()
    assert {r.key: (r.op, r.route, r.remote_id) for r in records} == {1: ("create", 3, "11"), 2: ("create", 2, None)}
    other.close()


def test_a_first_run_of_another_activation_addresses_by_id_whom_the_account_knows(
    bench: Bench, tmp_path: Path
) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11", 2: "22"})
    other = activation(tmp_path, "two")
    other.rows = [{**BEN, "id": 7}, {**CAT, "id": 8}]
    plan, records = other.plan()
    assert {r.key: (r.op, r.route, r.remote_id) for r in records} == {7: ("create", 1, "22"), 8: ("create", 0, None)}
    other.fold(plan, answered(plan, remote_ids={numbers(records)[8]: "33"}))
    assert ids(other) == {7: "22", 8: "33"}
    assert directory(bench) == {"a@x.fr": "11", "b@x.fr": "22", "c@x.fr": "33"}
    other.close()


def test_an_id_that_another_activation_came_to_know_is_newer_than_the_ledgers(bench: Bench, tmp_path: Path) -> None:
    bench.rows = [ANA]
    tell(bench, {1: "11"})
    other = activation(tmp_path, "two")
    other.rows = [ANA]
    tell(other, {1: "99"})
    other.close()
    bench.rows = [{**ANA, "whole": 5}]
    _, [record] = bench.plan()
    assert (record.remote_id, record.route) == ("99", 1)


def test_the_id_of_whoever_was_deleted_is_forgotten_by_ledger_and_directory(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11", 2: "22"})
    bench.rows = [{**ANA, "whole": 5}, BEN]
    tell(bench, {}, 1)
    assert ids(bench) == {1: None, 2: "22"}
    assert directory(bench) == {"b@x.fr": "22"}


def test_a_fold_cut_short_before_the_directory_is_made_good(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    tell(bench, {1: "11", 2: "22"})
    bench.rows = [{**ANA, "whole": 5}, {**BEN, "whole": 5}, CAT]
    plan, records = bench.plan()
    by_key = numbers(records)
    gone = RecordException(number=by_key[2], outcome=Outcome.SKIPPED, code=DELETED, message="Gone.")
    receipts = answered(plan, gone, remote_ids={by_key[3]: "33"})
    there, bench.directory = bench.directory, None
    first, book = bench.fold(plan, receipts), bench.book()
    bench.directory = there
    assert directory(bench) == {"a@x.fr": "11", "b@x.fr": "22"}
    for _ in range(2):  # cut short before the directory's, and after it
        assert bench.fold(plan, receipts) == first
        assert bench.book() == book
        assert directory(bench) == {"a@x.fr": "11", "c@x.fr": "33"}


def test_a_directory_that_turns_out_to_be_damaged_stops_no_plan(bench: Bench) -> None:
    assert bench.directory is not None
    bench.rows = [{"id": n, "email": f"u{n}@x.fr"} for n in range(30_000)]
    plan, records = bench.plan()
    bench.fold(plan, answered(plan, remote_ids={number: str(number) for number in numbers(records).values()}))
    damage_records(bench)
    bench.ledger.unlink()
    bench._lend(bench.connection)
    request = bench._request(None, full=False, now=START, known=frozenset(), mapping=None)
    plan = make_plan(bench.connection, request)
    assert (plan.counts.create, {record.remote_id for record in bench.records(plan)}) == (30_000, {None})
    bench.fold(plan, answered(plan, remote_ids={0: "1"}))
    assert len(directory(bench)) == 1


def damage_records(bench: Bench) -> None:
    """Damage the directory where it is found out only while the users are read."""
    assert bench.directory is not None
    content = bench.directory.path.read_bytes()
    for block in range(12_288, len(content), 262_144):
        bench.directory.path.write_bytes(content[: block + 9000] + b"x" * 99 + content[block + 9099 :])
        try:
            with opened(bench.connection, bench.directory) as usable:
                assert usable
                bench.connection.execute(f"SELECT sum(length(match || remote_id)) FROM {KNOWN}").fetchall()
        except AssertionError:
            continue
        except duckdb.Error:
            return
    pytest.fail("no block holds users alone")
