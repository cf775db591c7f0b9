"""What was refused is not tried again before its values or the mapping change, or its time comes."""

from __future__ import annotations

from datetime import timedelta

from penstock.plan.outcomes import Outcome, RecordException
from tests.unit.ledger.bench import START, Attribute, Bench, Planned

ANA = {"id": 1, "email": "a@x.fr", "text": "pro", "whole": 1}
BEN = {"id": 2, "email": "b@x.fr", "text": "free", "whole": 2}


def refusal(records: list[Planned], key: int, *fields: str) -> RecordException:
    number = next(record.seq for record in records if record.key == key)
    assert number is not None
    return RecordException(number=number, outcome=Outcome.REJECTED, code="bad", message="No.", fields=fields)


def sends(bench: Bench, **options: object) -> dict[int, tuple[str, str | None, dict[str, object]]]:
    _, records = bench.plan(**options)  # type: ignore[arg-type]
    return {record.key: (record.op, record.code, dict(record.due)) for record in records}


def refuse(bench: Bench, key: int, *fields: str, full: bool = False) -> None:
    plan, records = bench.plan(full=full)
    bench.deliver(plan, refusal(records, key, *fields))


def test_a_refused_record_waits_for_a_day_or_for_another_value(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1)
    due = {"plan": "pro", "size": 1}
    assert sends(bench) == {1: ("hold", "bad", due)}
    assert sends(bench, now=START + timedelta(hours=23, minutes=59)) == {1: ("hold", "bad", due)}
    assert sends(bench, now=START + timedelta(hours=24)) == {1: ("create", None, due)}
    bench.rows = [{**ANA, "whole": 5}, BEN]
    assert sends(bench) == {1: ("create", None, {"plan": "pro", "size": 5})}


def test_another_mapping_ends_a_hold(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1)
    bench.attributes = (*bench.attributes, Attribute("more", "other"))
    assert sends(bench)[1][:2] == ("create", None)


def test_a_refused_field_is_held_and_the_others_go_on(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1, "plan")
    assert sends(bench) == {1: ("hold", "field_held", {})}
    bench.rows = [{**ANA, "whole": 7}, BEN]
    assert sends(bench) == {1: ("update", None, {"size": 7})}
    bench.rows = [{**ANA, "text": "team"}, BEN]
    assert sends(bench) == {1: ("update", None, {"plan": "team"})}


def test_a_record_refused_in_a_full_run_is_not_due_while_it_equals_what_was_confirmed_before(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    bench.run()
    refuse(bench, 1, full=True)
    refuse(bench, 2, "plan", full=True)
    assert sends(bench) == {}
    bench.attributes = (*bench.attributes, Attribute("more", "other"))
    assert sends(bench, mapping="another shape of the comparison under the same mapping") == {}


def test_a_full_run_tries_what_is_held(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1)
    assert sends(bench, full=True)[1] == ("create", None, {"plan": "pro", "size": 1})


def test_a_record_refused_again_waits_for_another_day(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1)
    later = START + timedelta(hours=25)
    plan, records = bench.plan(now=later)
    bench.deliver(plan, refusal(records, 1), now=later)
    assert sends(bench, now=later + timedelta(hours=23))[1][0] == "hold"
    assert sends(bench, now=later + timedelta(hours=24))[1][0] == "create"


def test_a_hold_of_a_clock_that_was_ahead_is_not_waited_for(bench: Bench) -> None:
    bench.rows = [ANA, BEN]
    refuse(bench, 1)
    due = {"plan": "pro", "size": 1}
    assert sends(bench, now=START - timedelta(seconds=1)) == {1: ("create", None, due)}
    assert sends(bench, now=START - timedelta(days=400)) == {1: ("create", None, due)}
