"""Modes, and users who are looked up before anything is sent: nobody is created or comes back by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from penstock.catalog.entities import Mode, When
from penstock.ledger.directory import Directory
from penstock.plan.outcomes import ABSENT, ALREADY_THERE, DELETED, Answer, Outcome, RecordException
from penstock.plan.plan import Plan
from penstock.plan.seeking import Seeking
from tests.unit.ledger.bench import IDENTITY, START, Attribute, Bench, Planned, answered, unanswered

ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "whole": 1}
BEN = {"id": 2, "email": "b@x.fr", "text": "free", "whole": 2}
CAT = {"id": 3, "email": "c@x.fr", "text": "free", "whole": None}
QUARTER = timedelta(minutes=15)
LATER = START + timedelta(hours=1)
NEXT_DAY = START + timedelta(hours=25)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An activation that only updates users, whom it addresses by id."""
    opened = Bench(tmp_path, [Attribute("plan", "text"), Attribute("size", "whole")])
    opened.directory = Directory(path=tmp_path / "users.duckdb", account=IDENTITY.account, match_key="email")
    opened.mode, opened.addresses_known = Mode.UPDATE, True
    opened.seeking = Seeking(newcomers=True)
    yield opened
    opened.close()


@pytest.fixture
def by_match(bench: Bench) -> Bench:
    """An activation that creates and updates users by match value, and looks up those not seen for a while."""
    bench.mode, bench.addresses_known = Mode.UPSERT, False
    bench.seeking = Seeking(newcomers=False, known_for=QUARTER)
    return bench


def said(records: list[Planned]) -> dict[int, str]:
    return {record.key: record.code or record.op for record in records}


def settled(bench: Bench, **found: str | None) -> tuple[Plan, list[Planned]]:
    plan, _ = bench.plan()
    return bench.look_up(plan, {f"{name}@x.fr": id_ for name, id_ in found.items()})


def test_updating_only_skips_whoever_is_not_there(bench: Bench) -> None:
    bench.rows = [ANA, BEN, CAT]
    plan, records = settled(bench, b="22")
    assert bench.asked_for == {"a@x.fr", "b@x.fr", "c@x.fr"}
    assert said(records) == {1: ABSENT, 2: "create", 3: ABSENT}
    (ben,) = (record for record in records if record.key == 2)
    assert (ben.remote_id, ben.route) == ("22", 1)
    assert (plan.counts.create, plan.counts.sent, plan.counts.skipped) == (3, 1, 2)
    assert [(each.code, each.records, each.examples) for each in plan.skipped] == [(ABSENT, 2, ("1", "3"))]
    assert plan.changes == {"plan": 1, "size": 1}
    bench.fold(plan, answered(plan))
    assert list(bench.book().records) == [2]
    assert bench.book().holds == {(1, None), (3, None)}


def test_whoever_was_absent_is_looked_up_again_when_it_is_time(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    plan, _ = settled(bench)
    bench.fold(plan, answered(plan))
    plan, records = bench.plan(now=LATER)
    assert said(records) == {1: ABSENT, 2: ABSENT}
    assert (plan.counts.sent, plan.counts.held) == (0, 2)
    bench.rows = [{**ANA, "text": "team"}, BEN]
    assert said(bench.plan(now=LATER)[1]) == {1: "create", 2: ABSENT}
    assert said(bench.plan(now=NEXT_DAY)[1]) == {1: "create", 2: "create"}


def test_whoever_is_seen_by_another_activation_is_no_longer_held(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    plan, _ = settled(bench)
    bench.fold(plan, answered(plan))
    bench.look_up(bench.plan(now=NEXT_DAY)[0], {"b@x.fr": "22"}, now=LATER)
    _, records = bench.plan(now=LATER)
    assert {record.key: (record.code, record.remote_id) for record in records} == {1: (ABSENT, None), 2: (None, "22")}


def test_known_users_are_not_looked_up_again(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    plan, _ = settled(bench, a="11", b="22")
    bench.fold(plan, answered(plan))
    bench.rows = [{**ANA, "text": "team"}, BEN, CAT]
    plan, records = settled(bench)
    assert bench.asked_for == {"c@x.fr"}
    assert said(records) == {1: "update", 3: ABSENT}


def test_what_only_a_creation_sets_is_not_sent_to_whoever_turns_out_to_be_there(bench: Bench) -> None:
    bench.attributes = (replace(bench.attributes[0], create_only=True), bench.attributes[1])
    bench.rows = [ANA]
    plan, (ana,) = settled(bench, a="11")
    assert ana.due == {"size": 1}
    assert ana.fixed == {"plan"}
    assert [(each.field, each.records) for each in plan.fixed] == [("plan", 1)]


def test_a_required_value_is_not_asked_of_users_whom_nobody_creates(bench: Bench) -> None:
    bench.attributes = (bench.attributes[0], replace(bench.attributes[1], required=True))
    bench.rows = [CAT]
    assert said(bench.plan()[1]) == {3: "create"}
    bench.mode = Mode.UPSERT
    assert said(bench.plan()[1]) == {3: "required_value_missing"}


def test_whoever_was_deleted_is_not_brought_back_by_an_update(by_match: Bench) -> None:
    bench = by_match
    bench.rows = [ANA, BEN]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}, {**BEN, "text": "team"}]
    plan, records = bench.plan(now=LATER)
    plan, records = bench.look_up(plan, {"b@x.fr": None}, now=LATER)
    assert said(records) == {1: DELETED, 2: "update"}
    bench.deliver(plan, now=LATER)
    book = bench.book()
    assert book.records[1].values == {}
    assert book.records[1].member
    assert book.records[2].values == {"plan": "team", "size": 2}
    assert book.holds == {(1, None)}
    assert said(bench.plan(now=LATER)[1]) == {1: DELETED}
    plan, records = bench.plan(now=NEXT_DAY)
    assert said(records) == {1: "update"}
    assert said(bench.look_up(plan, {}, now=NEXT_DAY)[1]) == {1: DELETED}


def test_whoever_comes_back_there_gets_everything(by_match: Bench) -> None:
    bench = by_match
    bench.rows = [ANA]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}]
    plan, _ = bench.look_up(bench.plan(now=LATER)[0], {}, now=LATER)
    bench.deliver(plan, now=LATER)
    (ana,) = bench.look_up(bench.plan(now=NEXT_DAY)[0], {"a@x.fr": None}, now=NEXT_DAY)[1]
    assert (ana.op, ana.due) == ("update", {"plan": "team", "size": 1})


def test_recreating_sends_every_value(by_match: Bench) -> None:
    bench = by_match
    bench.attributes = (bench.attributes[0], replace(bench.attributes[1], create_only=True))
    bench.rows = [ANA]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}]
    plan, (ana,) = bench.look_up(bench.plan(now=LATER)[0], {}, recreate=True, now=LATER)
    assert (ana.op, ana.due, ana.fixed) == ("update", {"plan": "team", "size": 1}, frozenset())
    assert plan.counts.skipped == 0


@pytest.mark.parametrize("answer", [Answer.ANSWERED, None])
def test_nothing_else_is_confirmed_of_whoever_is_created_again(by_match: Bench, answer: Answer | None) -> None:
    bench = by_match
    bench.rows = [ANA]
    bench.run()
    bench.rows = [{**ANA, "whole": 7}]
    plan, _ = bench.plan()
    bench.fold(plan, answered(plan, ignored=["size"]))
    assert bench.book().records[1].values == {"plan": "pro", "size": 1}
    bench.rows = [{**ANA, "text": "team", "whole": 1}]
    plan, (ana,) = bench.look_up(bench.plan(now=LATER)[0], {}, recreate=True, now=LATER)
    assert ana.due == {"plan": "team"}
    bench.fold(plan, answered(plan) if answer else unanswered(plan, answer), LATER)
    assert bench.book().records[1].values == ({"plan": "team"} if answer else {})
    (ana,) = bench.plan(known=frozenset({"size"}), now=LATER)[1]
    assert ana.due == ({"size": 1} if answer else {"plan": "team", "size": 1})


def test_recreating_obeys_the_rules_of_fields(by_match: Bench) -> None:
    bench = by_match
    ruled, cleared = Attribute("note", "other", when=When.NOT_EMPTY), Attribute("tag", "nothing", clear=True)
    bench.attributes = (*bench.attributes, ruled, cleared)
    bench.rows = [{**ANA, "other": "x"}]
    bench.run()
    bench.rows = [{**ANA, "text": "team", "other": " "}]
    plan, (ana,) = bench.look_up(bench.plan(now=LATER)[0], {}, recreate=True, now=LATER)
    assert ana.due == {"plan": "team", "size": 1, "tag": None}
    bench.deliver(plan, now=LATER)
    assert bench.plan(now=LATER)[1] == []
    bench.rows = [{**ANA, "text": "team", "other": "x"}]
    assert bench.plan(now=LATER)[1][0].due == {"note": "x"}


def test_whoever_was_deleted_is_found_again_under_another_id(bench: Bench) -> None:
    bench.mode, bench.seeking = Mode.UPSERT, Seeking(newcomers=False)
    bench.rows = [ANA, BEN]
    plan, records = bench.plan()
    bench.fold(plan, answered(plan, remote_ids={record.seq or 0: f"{record.key}1" for record in records}))
    bench.rows = [{**ANA, "text": "team"}, BEN]
    plan, (ana,) = bench.plan()
    assert ana.remote_id == "11"
    gone = RecordException(number=ana.seq or 0, outcome=Outcome.SKIPPED, code=DELETED, message="Gone.")
    bench.fold(plan, answered(plan, gone))
    plan, (ana,) = bench.plan(now=NEXT_DAY)
    assert (ana.op, ana.remote_id) == ("update", None)
    _, (ana,) = bench.look_up(plan, {"a@x.fr": "33"}, now=NEXT_DAY)
    assert bench.asked_for == {"a@x.fr"}
    assert (ana.remote_id, ana.due) == ("33", {"plan": "team", "size": 1})


def test_whoever_was_seen_a_moment_ago_is_not_looked_up(by_match: Bench) -> None:
    bench = by_match
    bench.rows = [ANA]
    bench.run()
    bench.rows = [{**ANA, "text": "team"}, BEN]
    plan, _ = bench.plan(now=START + QUARTER - timedelta(seconds=1))
    assert said(bench.look_up(plan, {})[1]) == {1: "update", 2: "create"}
    assert bench.asked_for == set()


def test_inserting_only_leaves_whoever_exists_alone(by_match: Bench) -> None:
    bench = by_match
    bench.mode, bench.seeking = Mode.INSERT, Seeking(newcomers=True, known_for=QUARTER)
    bench.rows = [ANA, BEN]
    plan, records = settled(bench, b=None)
    assert said(records) == {1: "create", 2: ALREADY_THERE}
    bench.deliver(plan)
    bench.rows = [{**ANA, "text": "team"}, BEN]
    assert said(bench.plan(now=LATER)[1]) == {2: ALREADY_THERE}
    bench.rows = [{**ANA, "email": "new@x.fr"}]
    assert said(bench.plan(now=NEXT_DAY)[1]) == {}


def test_inserting_only_finishes_what_may_have_been_created(by_match: Bench) -> None:
    bench = by_match
    bench.mode, bench.seeking = Mode.INSERT, Seeking(newcomers=True, known_for=QUARTER)
    bench.rows = [ANA]
    plan, _ = settled(bench)
    bench.fold(plan, unanswered(plan, Answer.LOST))
    _, records = settled(bench, a="11")
    assert said(records) == {1: "create"}
