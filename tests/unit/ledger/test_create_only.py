"""What only a creation may set: sent once, held when it changes, while the record's other fields go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from penstock.ledger.directory import Directory, Learnt, learn
from penstock.plan.outcomes import Answer
from penstock.plan.plan import UnsentValues
from penstock.plan.receipts import Receipts
from penstock.runs.findings import find
from tests.unit.ledger.bench import IDENTITY, START, Attribute, Bench, answered, unanswered

ANA = {"id": 1, "email": "a@x.fr", "text": "ana@work.fr", "whole": 1}
BEN = {"id": 2, "email": "b@x.fr", "text": "ben@work.fr", "whole": 2}
NONE: frozenset[str] = frozenset()
MAIL = frozenset({"mail"})
CODE = "identity_attribute_held"


@pytest.fixture
def once(bench: Bench) -> Bench:
    """An activation whose field `mail` only a creation sets; Ana and Ben are delivered."""
    bench.attributes = (Attribute("mail", "text", create_only=True), Attribute("size", "whole"))
    bench.rows = [ANA, BEN]
    bench.run()
    return bench


def test_it_is_sent_when_the_user_is_created(bench: Bench) -> None:
    bench.attributes = (Attribute("mail", "text", create_only=True), Attribute("size", "whole"))
    bench.rows = [ANA]
    plan, [record] = bench.run()
    assert (record.op, record.due, record.fixed) == ("create", {"mail": "ana@work.fr", "size": 1}, NONE)
    assert plan.fixed == ()
    assert bench.book().records[1].values == {"mail": "ana@work.fr", "size": 1}


def test_a_change_is_held_and_the_other_fields_are_sent(once: Bench) -> None:
    once.rows = [{**ANA, "text": "new@work.fr", "whole": 5}, BEN]
    plan, [record] = once.run()
    assert (record.op, record.code, record.due, record.fixed) == ("update", None, {"size": 5}, MAIL)
    assert plan.fixed == (UnsentValues(field="mail", records=1, examples=("1",)),)
    assert once.book().records[1].values == {"mail": "ana@work.fr", "size": 5}


@pytest.mark.parametrize("value", ["new@work.fr", None])
def test_a_record_with_nothing_else_to_send_is_held(once: Bench, value: str | None) -> None:
    once.rows = [{**ANA, "text": value}, BEN]
    plan, [record] = once.plan()
    assert (record.seq, record.op, record.code, record.due) == (None, "hold", CODE, {})
    assert (plan.counts.held, plan.counts.sent, plan.counts.unchanged) == (1, 0, 1)


def test_put_back_it_is_unchanged_again(once: Bench) -> None:
    once.rows = [{**ANA, "text": "new@work.fr"}, BEN]
    once.run()
    once.rows = [ANA, BEN]
    plan, records = once.plan()
    assert (records, plan.counts.unchanged, once.file(plan)) == ([], 2, None)


def test_a_full_run_tells_only_those_that_have_changed(once: Bench) -> None:
    once.rows = [ANA, {**BEN, "text": "new@work.fr"}]
    plan, records = once.plan(full=True)
    assert {record.key: (record.due, record.fixed) for record in records} == {
        1: ({"size": 1}, NONE),
        2: ({"size": 2}, MAIL),
    }
    assert plan.fixed == (UnsentValues(field="mail", records=1, examples=("2",)),)


@pytest.mark.parametrize("answer", [Answer.LOST, None])
def test_a_creation_in_doubt_is_sent_again_with_it(bench: Bench, answer: Answer | None) -> None:
    bench.attributes = (Attribute("mail", "text", create_only=True), Attribute("size", "whole"))
    bench.rows = [ANA]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, answer))
    _, [record] = bench.plan()
    assert (record.op, record.due, record.fixed) == ("create", {"mail": "ana@work.fr", "size": 1}, NONE)


def test_whoever_is_known_through_the_directory_is_there_already(bench: Bench, tmp_path: Path) -> None:
    bench.attributes = (Attribute("mail", "text", create_only=True), Attribute("size", "whole"))
    bench.directory = Directory(path=tmp_path / "users.duckdb", account=IDENTITY.account, match_key="email")
    ana = Learnt(found="(SELECT 'a@x.fr' AS match, '77' AS remote_id)", gone="(SELECT '' AS match LIMIT 0)")
    learn(bench.connection, bench.directory, ana, now=START)
    bench.rows = [ANA, BEN]
    plan, records = bench.plan()
    assert {r.key: (r.op, r.remote_id, r.due, r.fixed) for r in records} == {
        1: ("create", "77", {"size": 1}, MAIL),
        2: ("create", None, {"mail": "ben@work.fr", "size": 2}, NONE),
    }
    assert plan.fixed == (UnsentValues(field="mail", records=1, examples=("1",)),)
    bench.deliver(plan)
    assert bench.book().records[1].values == {"size": 1}, "what was not sent is not confirmed"
    plan, [record] = bench.plan()
    assert (record.key, record.code, record.fixed) == (1, CODE, MAIL)


def test_a_field_that_was_ignored_is_never_tried_with_a_known_user(bench: Bench) -> None:
    bench.attributes = (Attribute("mail", "text", create_only=True), Attribute("size", "whole"))
    bench.rows = [ANA]
    plan, _ = bench.plan()
    bench.fold(plan, answered(plan, ignored=["mail"]))
    later = START + timedelta(hours=25)
    assert bench.plan(now=later)[1] == []
    bench.rows = [ANA, BEN]
    _, [record] = bench.plan(now=later)
    assert (record.key, record.op, record.due) == (2, "create", {"mail": "ben@work.fr", "size": 2})


def test_the_report_has_one_reason_for_the_field(once: Bench) -> None:
    once.rows = [{**ANA, "text": "new@work.fr"}, {**BEN, "text": "other@work.fr", "whole": 9}]
    plan, _ = once.plan()
    found = find(plan, once.file(plan), Receipts(batches=(), exceptions=()), ())
    [reason] = [reason for reason in found.reasons if reason.code != "not_sent"]
    assert (reason.code, reason.outcome, reason.count, reason.examples) == (CODE, "skipped", 2, ("1", "2"))
    assert "`mail`" in reason.message
