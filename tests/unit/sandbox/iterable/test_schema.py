from collections.abc import Mapping

from penstock.sandbox.iterable.schema import SchemaCheck, TypeMismatch
from penstock.sandbox.iterable.value_types import Json


def check(known: Mapping[str, str] | None = None, *, create_new: bool = True) -> SchemaCheck:
    return SchemaCheck(known or {}, create_new=create_new)


def test_new_fields_get_flat_names_and_the_type_of_the_first_value() -> None:
    found = check().examine(
        {"n": 5, "x": 1.5, "on": True, "at": "2020-08-19", "who": {"name": "A", "tags": ["b"]}, "kids": [{"age": 3}]}
    )
    assert found.new_fields == {
        "n": "long",
        "x": "double",
        "on": "boolean",
        "at": "date",
        "who": "object",
        "who.name": "string",
        "who.tags": "string",
        "kids": "object",
        "kids.age": "long",
    }
    assert found.data["at"] == "2020-08-19 00:00:00 +00:00"


def test_a_date_in_a_string_field_stays_as_sent() -> None:
    found = check({"code": "string"}).examine({"code": "2020-08-19"})
    assert found.data == {"code": "2020-08-19"}
    assert not found.mismatches


def test_integers_fit_a_double_field_and_decimals_do_not_fit_a_long_field() -> None:
    known = check({"n": "long", "x": "double"})
    assert not known.examine({"n": 1, "x": 1}).mismatches
    assert known.examine({"n": 1.0}).mismatches == [
        TypeMismatch(path="n", expected="long", incoming=("double",), value=1.0)
    ]


def test_a_mismatch_inside_an_object_names_its_path() -> None:
    found = check({"who": "object", "who.age": "long"}).examine({"who": {"age": "old"}})
    assert found.mismatches == [
        TypeMismatch(path="who.age", expected="long", incoming=("string", "keyword"), value="old")
    ]


def test_an_array_of_unlike_things_fits_nothing() -> None:
    assert check().examine({"mixed": [1, "a"]}).mismatches[0].path == "mixed"


def test_accepted_users_bind_later_ones_and_others_do_not() -> None:
    schema = check()
    schema.examine({"n": "refused elsewhere"})
    first = schema.examine({"n": 1})
    schema.accept(first)
    assert schema.created == {"n": "long"}
    assert schema.examine({"n": "x"}).mismatches


def test_a_field_repeated_in_an_array_of_objects_binds_within_the_user() -> None:
    assert check().examine({"kids": [{"age": 3}, {"age": "three"}]}).mismatches[0].path == "kids.age"


def test_dropped_fields_are_named_flat_and_their_values_removed() -> None:
    schema = check({"plan": "string", "who": "object", "who.name": "string"}, create_new=False)
    found = schema.examine({"plan": "pro", "new": {"a": 1}, "who": {"name": "A", "age": 3}, "nothing": None})
    assert found.data == {"plan": "pro", "who": {"name": "A"}}
    assert list(schema.filtered_out) == ["new", "new.a", "who.age"]


def test_null_tells_no_type_and_is_kept_for_the_merge() -> None:
    found = check().examine({"plan": None})
    assert found.data == {"plan": None}
    assert found.new_fields == {}


def test_names_are_case_and_space_sensitive() -> None:
    found = check({"Plan": "string"}).examine({"plan": 1, "Plan ": 2})
    assert found.new_fields == {"plan": "long", "Plan ": "long"}


def test_an_oversized_string_is_found_wherever_it_is_plain() -> None:
    long = "x" * 40_000
    assert check({"note": "string"}).examine({"note": long}).oversized == ["note"]
    assert check().examine({"deep": {"note": long}}).oversized == ["deep.note"]


def test_integers_of_64_bits_are_kept_exactly() -> None:
    data: dict[str, Json] = {"big": 2**64 - 1, "small": -(2**63)}
    assert check().examine(data).data == data
