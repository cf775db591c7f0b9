"""Values that differ in many are compared for everybody, and the others are fetched only where they differ."""

from __future__ import annotations

from typing import Any

from penstock.ledger.comparison import Shape
from tests.unit.ledger.bench import Attribute, Bench, answered

PEOPLE: list[dict[str, Any]] = [
    {"id": n, "email": f"member{n}@example.com", "text": "pro", "number": n / 2, "whole": n} for n in range(1, 101)
]


def changed(few: int, **values: Any) -> list[dict[str, Any]]:
    """The people, the first few of whom have other values."""
    return [person | values if person["id"] <= few else person for person in PEOPLE]


def test_few_changes_are_found_by_the_hashes_of_all_values(bench: Bench) -> None:
    bench.rows = PEOPLE
    bench.run()
    bench.rows = changed(20, whole=0)
    assert [record.due for record in bench.plan()[1]] == [{"size": 0}] * 20
    assert bench.comparison is not None
    assert (bench.comparison.shape, bench.comparison.wide) == (Shape.DIFFERING, frozenset())


def test_a_value_that_changes_in_everybody_does_not_make_the_others_be_fetched(bench: Bench) -> None:
    bench.rows = PEOPLE
    plan, _ = bench.run()
    slots = {mapped.slot.name: mapped.slot.number for mapped in plan.slots}
    bench.rows = [person | {"whole": 0} for person in changed(5, text="team")]
    records = bench.run()[1]
    assert bench.comparison is not None
    assert (bench.comparison.shape, bench.comparison.wide) == (Shape.EVERYBODY, frozenset({slots["size"]}))
    assert {record.key: record.due for record in records} == {
        person["id"]: ({"size": 0, "plan": "team"} if person["id"] <= 5 else {"size": 0}) for person in PEOPLE
    }
    assert bench.plan()[1] == []


def test_everything_may_change_in_everybody(bench: Bench) -> None:
    bench.rows = PEOPLE
    bench.run()
    bench.rows = changed(100, text="free", number=0.0, whole=0)
    records = bench.run()[1]
    assert bench.comparison is not None
    assert len(bench.comparison.wide) == 3
    assert [record.due for record in records] == [{"plan": "free", "score": 0.0, "size": 0}] * 100
    assert bench.plan()[1] == []


def test_an_empty_value_that_is_cleared_from_now_on_differs_in_all_who_have_none(bench: Bench) -> None:
    bench.rows = changed(60, text=None)
    bench.run()
    bench.attributes = (Attribute("plan", "text", clear=True), *bench.attributes[1:])
    records = bench.run()[1]
    assert bench.comparison is not None
    assert len(bench.comparison.wide) == 1
    assert [record.due for record in records] == [{"plan": None}] * 60
    assert bench.plan()[1] == []


def test_match_values_that_change_in_many_are_compared_with_everything_else(bench: Bench) -> None:
    bench.rows = PEOPLE
    bench.run()
    bench.rows = [person | {"email": f"new{person['id']}@example.com"} for person in PEOPLE]
    plan, records = bench.plan()
    assert bench.comparison is not None
    assert bench.comparison.shape is Shape.JOIN
    assert {record.code for record in records} == {"identity_changed"}
    bench.fold(plan, answered(plan))
