import pytest

from penstock.sandbox.iterable.value_types import Json, oversized, possible_types

STRING = ("string", "keyword")


@pytest.mark.parametrize(
    ("value", "types"),
    [
        ("GGG", STRING),
        ("", STRING),
        ("2020-08-19", ("date", *STRING)),
        (True, ("boolean",)),
        (1, ("long", "double")),
        (2**64 - 1, ("long", "double")),
        (1.5, ("double",)),
        (5.0, ("double",)),
        (None, None),
        ([], None),
        ([None], None),
        ([1, 2], ("long", "double")),
        ([1, 2.5], ("double",)),
        (["2020-08-19", "soon"], STRING),
        ([[1], 2], ("long", "double")),
        ([1, "a"], ()),
        ({}, ("object", "nested")),
        ([{"a": 1}], ("object", "nested")),
        ({"lat": 1, "lon": 2}, ("object", "nested")),
    ],
)
def test_possible_types(value: Json, types: tuple[str, ...] | None) -> None:
    assert possible_types("anything", value) == types


def test_a_point_needs_the_name_and_the_exact_form() -> None:
    geo = ("geo_location", "object", "nested")
    assert possible_types("home_geo_location", {"lat": 48.8, "lon": 2}) == geo
    assert possible_types("home_geo_location", {"lat": 48.8, "lng": 2}) == ("object", "nested")
    assert possible_types("home_geo_location", {"lat": "48", "lon": 2}) == ("object", "nested")
    assert possible_types("home_Geo_location", {"lat": 48.8, "lon": 2}) == ("object", "nested")


def test_the_longest_string_is_measured_in_bytes() -> None:
    assert not oversized("a" * 32_766)
    assert oversized("a" * 32_767)
    assert oversized("é" * 16_384)
