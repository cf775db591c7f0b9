"""Trying again what is on hold: by reason, by record, and safely whatever becomes of the run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penstock.plan.outcomes import Answer, Outcome, RecordException
from penstock.plan.retry import Retry
from tests.unit.ledger.bench import START, Bench, Planned, answered, unanswered

ROWS = [
    {"id": 1, "email": "Ana@x.fr", "text": "pro", "whole": 1},
    {"id": 2, "email": "ben@x.fr", "text": "free", "whole": 2},
    {"id": 3, "email": "cy@x.fr", "text": "free", "whole": 3},
]


def refusal(records: list[Planned], key: int, code: str, *fields: str) -> RecordException:
    number = next(record.seq for record in records if record.key == key)
    assert number is not None
    return RecordException(number=number, outcome=Outcome.REJECTED, code=code, message="No.", fields=fields)


@pytest.fixture
def held(bench: Bench) -> Bench:
    """Ana is refused as `bad`, Ben's plan as `odd`, Cy's size as `bad`."""
    bench.rows = [dict(row) for row in ROWS]
    plan, records = bench.plan()
    bench.deliver(
        plan,
        refusal(records, 1, "bad"),
        refusal(records, 2, "odd", "plan"),
        refusal(records, 3, "bad", "size"),
    )
    assert sent(bench) == {}
    return bench


def sent(bench: Bench, retry: Retry | None = None, **options: object) -> dict[int, set[str]]:
    _, records = bench.plan(retry=retry, **options)  # type: ignore[arg-type]
    return {record.key: set(record.due) for record in records if record.seq is not None}


def reasons(*codes: str) -> Retry:
    return Retry(reasons=frozenset(codes))


def keys(*names: str) -> Retry:
    return Retry(keys=frozenset(names))


ALL = {1: {"plan", "size"}, 2: {"plan"}, 3: {"size"}}


@pytest.mark.parametrize(
    ("retry", "expected"),
    [
        (Retry(), {1, 2, 3}),
        (reasons("bad"), {1, 3}),
        (reasons("odd"), {2}),
        (reasons("odd", "bad"), {1, 2, 3}),
        (reasons("field_held"), {2, 3}),
        (reasons("field_ignored"), set()),
        (keys("1"), {1}),
        (keys("ANA@x.fr"), {1}),
        (keys("ben@x.fr", "3"), {2, 3}),
        (Retry(reasons=frozenset({"bad"}), keys=frozenset({"2", "3"})), {3}),
        (keys("nobody"), set()),
    ],
)
def test_what_is_chosen_is_tried_again(held: Bench, retry: Retry, expected: set[int]) -> None:
    assert sent(held, retry) == {key: ALL[key] for key in expected}


def test_a_retry_that_was_only_planned_changes_nothing(held: Bench) -> None:
    before = held.book()
    held.plan(retry=Retry())
    assert held.book() == before
    assert sent(held) == {}


@pytest.mark.parametrize("answer", [Answer.NOT_SENT, Answer.LOST, None])
def test_what_a_retry_did_not_come_to_stays_due(held: Bench, answer: Answer | None) -> None:
    plan, _ = held.plan(retry=Retry())
    held.fold(plan, unanswered(plan, answer))
    assert sent(held) == ALL


def test_what_was_not_chosen_stays_on_hold(held: Bench) -> None:
    plan, _ = held.plan(retry=reasons("odd"))
    held.fold(plan, unanswered(plan, Answer.NOT_SENT))
    assert sent(held) == {2: {"plan"}}


def test_what_is_refused_again_waits_for_another_day(held: Bench) -> None:
    later = START + timedelta(hours=5)
    plan, records = held.plan(retry=keys("1"), now=later)
    held.deliver(plan, refusal(records, 1, "worse"), now=later)
    assert sent(held, now=START + timedelta(hours=24)) == {2: {"plan"}, 3: {"size"}}
    assert sent(held, now=later + timedelta(hours=24)) == ALL
    assert sent(held, reasons("bad"), now=later) == {3: {"size"}}


def test_a_withheld_field_is_sent_for_everyone_at_once(bench: Bench) -> None:
    bench.rows = [dict(row) for row in ROWS]
    plan, _ = bench.plan()
    bench.fold(plan, answered(plan, ignored=["size"]))
    assert sent(bench) == sent(bench, reasons("bad")) == sent(bench, keys("1")) == {}
    assert sent(bench, reasons("field_ignored")) == {key: {"size"} for key in (1, 2, 3)}
    plan, _ = bench.plan(retry=Retry())
    bench.fold(plan, answered(plan, ignored=["size"]))
    assert bench.book().withheld == {"size"}
    plan, _ = bench.plan(retry=Retry())
    bench.fold(plan, unanswered(plan, Answer.NOT_SENT))
    assert sent(bench) == {key: {"size"} for key in (1, 2, 3)}
