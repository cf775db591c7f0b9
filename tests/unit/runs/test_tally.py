"""Totals are sums of outcomes: whatever came back, they add up to what was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from penstock.plan.outcomes import Answer, Outcome, RecordException
from penstock.plan.plan import Plan
from penstock.plan.receipts import BatchReceipt, Receipts
from penstock.plan.routes import Route
from penstock.plan.shape import Addressing
from penstock.runs.tally import Tally, tally
from tests.unit.ledger.bench import Bench


@pytest.fixture
def plan(bench: Bench) -> Plan:
    """Twenty updates of one field."""
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": "x"} for n in range(20)]
    bench.run()
    bench.rows = [{**row, "text": "y"} for row in bench.rows]
    plan, _ = bench.plan()
    assert plan.counts.update == 20
    return plan


def batch(first: int, last: int, answer: Answer | None, *ignored: str) -> BatchReceipt:
    return BatchReceipt(first=first, last=last, records=last - first + 1, answer=answer, ignored=ignored)


def exception(number: int, outcome: Outcome, *fields: str) -> RecordException:
    return RecordException(number=number, outcome=outcome, code="c", message="m", fields=fields)


def counted(bench: Bench, plan: Plan, batches: list[BatchReceipt], *exceptions: RecordException) -> Tally:
    found = tally(plan, bench.file(plan), Receipts(batches=tuple(batches), exceptions=exceptions))
    sums = found.delivered + found.rejected + found.skipped + found.unknown + found.ignored_only + found.not_sent
    assert sums == plan.counts.sent
    return found


def test_outcomes_of_answered_lost_unsent_and_unstarted_batches(bench: Bench, plan: Plan) -> None:
    found = counted(
        bench,
        plan,
        [
            batch(0, 4, Answer.ANSWERED),
            batch(5, 9, Answer.LOST),
            batch(10, 12, None),
            batch(13, 14, Answer.NOT_SENT),
        ],
        exception(0, Outcome.REJECTED),
        exception(1, Outcome.SKIPPED),
        exception(2, Outcome.UNKNOWN),
        exception(3, Outcome.REJECTED, "plan"),
        exception(5, Outcome.REJECTED),
        exception(6, Outcome.UNKNOWN),
    )
    assert (found.delivered, found.rejected, found.skipped, found.unknown) == (1, 3, 1, 1 + 4 + 3)
    assert found.not_sent == 7
    assert sum(records for _, records in found.lost) == 3 + 3


def test_an_ignored_update_that_was_also_refused_counts_once(bench: Bench, plan: Plan) -> None:
    found = counted(bench, plan, [batch(0, 19, Answer.ANSWERED, "plan")], exception(3, Outcome.REJECTED))
    assert (found.delivered, found.rejected, found.ignored_only) == (0, 1, 19)
    assert found.withheld == (("plan", 20),)


def test_a_first_delivery_of_which_nothing_was_kept_is_not_delivered(bench: Bench) -> None:
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": "x" if n else None} for n in range(20)]
    plan, _ = bench.plan()
    assert plan.counts.create == 20
    found = counted(bench, plan, [batch(0, 19, Answer.ANSWERED, "plan")])
    assert (found.delivered, found.ignored_only) == (1, 19), "nothing was to be sent of the one without a value"
    assert found.withheld == (("plan", 19),)
    assert found.ignored_examples == ("1", "10", "11", "12", "13")


def test_whoever_was_created_again_in_full_is_delivered(bench: Bench, plan: Plan) -> None:
    by_id = Route(addressing=Addressing.REMOTE_ID, in_doubt=False).first
    again = replace(batch(by_id, by_id + 19, Answer.ANSWERED, "plan"), remote_ids=f'[[{by_id}, "77"]]')
    assert Receipts(batches=(again,), exceptions=()).created_again() == [by_id]
    assert Receipts(batches=(replace(again, first=0, last=19),), exceptions=()).created_again() == []


def test_ignored_names_that_are_not_mapped_count_nothing(bench: Bench, plan: Plan) -> None:
    found = counted(bench, plan, [batch(0, 19, Answer.ANSWERED, "email", "size")])
    assert (found.delivered, found.ignored_only, found.withheld) == (20, 0, ())


def test_never_are_more_created_than_delivered(bench: Bench, plan: Plan) -> None:
    told = [replace(batch(0, 9, Answer.ANSWERED), created=4), replace(batch(10, 19, Answer.ANSWERED), created=None)]
    assert counted(bench, plan, told).created == 4
    refused = [exception(number, Outcome.REJECTED, "plan") for number in range(19)]
    assert counted(bench, plan, told, *refused).created == 1


def test_nothing_was_done(bench: Bench, plan: Plan) -> None:
    assert counted(bench, plan, []).not_sent == 20


def test_a_plan_without_file(bench: Bench, plan: Plan) -> None:
    assert tally(plan, None, Receipts(batches=(), exceptions=())) == Tally()


def test_reasons_have_examples_by_key(bench: Bench, plan: Plan) -> None:
    refused = [exception(number, Outcome.REJECTED) for number in range(8)]
    found = counted(bench, plan, [batch(0, 19, Answer.ANSWERED)], *refused)
    [(outcome, code, records, message, keys)] = found.exceptions
    assert (outcome, code, records, message, len(keys)) == (Outcome.REJECTED, "c", 8, "m", 5)
    assert set(keys) <= {str(n) for n in range(20)}
