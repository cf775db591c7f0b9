from typing import Any

from penstock.destinations.iterable.mismatches import Mismatch, alike, holders, read_mismatches


def data(**fields: Any) -> dict[str, Any]:
    return {"email": "a@example.com", "dataFields": fields}


def test_the_holders_of_a_value_are_found_in_objects_and_lists() -> None:
    records = [data(a={"b": "x"}), data(a=[{"b": "y"}, {"b": "x"}]), data(a={"b": "y"}), data(), data(a=None)]
    assert holders(records, Mismatch(path="a.b", expected="long", offending="x")) == (0, 1)


def test_values_of_another_type_are_other_values() -> None:
    records = [data(n=1), data(n=True), data(n=1.0), data(n="1")]
    assert holders(records, Mismatch(path="n", expected="string", offending=True)) == (1,)
    assert holders(records, Mismatch(path="n", expected="string", offending=1)) == (0,)


def test_a_value_quoted_as_text_is_recognised() -> None:
    assert holders([data(n=2.5)], Mismatch(path="n", expected="long", offending="2.5")) == (0,)


def test_alike_spares_well_formed_dates() -> None:
    texts = ["GGG", "2026-01-31", "2026-01-31 10:00:00 +00:00", "2020-04-13 14:04:09.000", "2020-04-13T14:04:09.000Z"]
    records = [data(day=text) for text in texts]
    assert alike(records, Mismatch(path="day", expected="date", offending="GGG")) == (0, 3)
    assert len(alike(records, Mismatch(path="day", expected="long", offending="GGG"))) == 5


def test_errors_are_read_leniently() -> None:
    errors = {"a.b": {"expectedType": "date", "offendingValue": 5}, "c": "odd"}
    assert read_mismatches({"validationErrors": errors}) == (
        Mismatch(path="a.b", expected="date", offending=5),
        Mismatch(path="c", expected="", offending=None),
    )
    assert read_mismatches({}) == ()
