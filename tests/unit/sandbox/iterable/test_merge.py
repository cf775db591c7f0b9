from penstock.sandbox.iterable.merge import merge
from penstock.sandbox.iterable.value_types import Json


def merged(profile: dict[str, Json], incoming: dict[str, Json], *, nested: bool = False) -> dict[str, Json]:
    merge(profile, incoming, nested=nested)
    return profile


def test_top_level_merge_keeps_what_is_not_sent() -> None:
    assert merged({"a": 1, "b": 2}, {"b": 3}) == {"a": 1, "b": 3}


def test_null_removes() -> None:
    assert merged({"a": 1}, {"a": None, "absent": None}) == {}


def test_arrays_are_replaced_either_way() -> None:
    for nested in (False, True):
        assert merged({"tags": ["a", "b"]}, {"tags": ["c"]}, nested=nested) == {"tags": ["c"]}


def test_objects_are_replaced_unless_nested() -> None:
    assert merged({"o": {"a": 1, "b": 2}}, {"o": {"b": 3}}) == {"o": {"b": 3}}
    assert merged({"o": {"a": 1, "b": 2}}, {"o": {"b": 3}}, nested=True) == {"o": {"a": 1, "b": 3}}


def test_nested_merge_is_one_level_deep() -> None:
    profile: dict[str, Json] = {"o": {"deep": {"x": 1}, "keep": 1}}
    assert merged(profile, {"o": {"deep": {"y": 2}}}, nested=True) == {"o": {"deep": {"y": 2}, "keep": 1}}


def test_nested_null_removes_the_key_alone() -> None:
    profile: dict[str, Json] = {
        "defaultAddress": {
            "number": 10,
            "flat": {"number": 405, "floor": 4},
            "street": "Main Street",
            "city": "Campina Grande",
            "zipcode": "555555555",
        }
    }
    incoming: dict[str, Json] = {
        "defaultAddress": {
            "number": None,
            "street": None,
            "zipcode": None,
            "city": "Campina Grande",
            "country": "BR",
        }
    }
    assert merged(profile, incoming, nested=True) == {
        "defaultAddress": {"flat": {"number": 405, "floor": 4}, "city": "Campina Grande", "country": "BR"}
    }


def test_nulls_inside_a_replacing_object_are_left_out() -> None:
    assert merged({}, {"o": {"a": None, "b": {"c": None, "d": 1}}}) == {"o": {"b": {"d": 1}}}


def test_an_object_replaces_a_scalar_even_when_nested() -> None:
    assert merged({"o": 1}, {"o": {"a": 1}}, nested=True) == {"o": {"a": 1}}
