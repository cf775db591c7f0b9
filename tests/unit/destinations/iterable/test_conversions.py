import pytest

from penstock.destinations.iterable.conversions import conversion_to, iterable_type, natural_conversion
from penstock.mapping.conversions import Target
from tests.unit.destinations.iterable.mapping_samples import TYPES

ACCEPTED = {
    "string": {"text", "texts"},
    "long": {"integer", "huge", "whole_decimal", "integers"},
    "double": {"integer", "huge", "whole_decimal", "decimal", "float", "integers"},
    "boolean": {"boolean"},
    "date": {"date", "timestamp", "instant"},
    "object": {"struct", "point", "json"},
    "geo_location": {"point", "json"},
}


@pytest.mark.parametrize("stored", ACCEPTED)
def test_a_known_type_takes_what_fits_and_nothing_else(stored: str) -> None:
    taken = {name for name, type_ in TYPES.items() if conversion_to(stored, type_).conversion is not None}
    assert taken == ACCEPTED[stored]


@pytest.mark.parametrize("name", ["integer", "huge", "whole_decimal"])
def test_whole_numbers_become_doubles_in_a_double_field(name: str) -> None:
    conversion = conversion_to("double", TYPES[name]).conversion
    assert conversion is not None
    assert (conversion.target, conversion.stored_type) == (Target.NUMBER, "DOUBLE")


def test_decimals_without_fraction_are_integers() -> None:
    whole, fraction = natural_conversion(TYPES["whole_decimal"]), natural_conversion(TYPES["decimal"])
    assert whole is not None
    assert whole.target is Target.INTEGER
    assert fraction is not None
    assert (fraction.target, fraction.stored_type) == (Target.NUMBER, "DECIMAL(18,2)")


def test_dates_stay_dates_and_times_become_instants() -> None:
    day, moment = (
        conversion_to("date", TYPES["date"]).conversion,
        conversion_to("date", TYPES["timestamp"]).conversion,
    )
    assert day is not None
    assert moment is not None
    assert (day.target, moment.target) == (Target.DATE, Target.INSTANT)


def test_identifiers_take_whole_numbers_as_text() -> None:
    conversion = conversion_to("string", TYPES["integer"], identity=True).conversion
    assert conversion is not None
    assert conversion.target is Target.TEXT
    assert conversion_to("string", TYPES["float"], identity=True).conversion is None
    assert conversion_to("string", TYPES["texts"], identity=True).conversion is None


def test_an_unfamiliar_type_takes_anything_that_can_be_sent() -> None:
    judged = conversion_to("shape", TYPES["text"])
    assert judged.conversion is not None
    assert not judged.familiar
    assert conversion_to("shape", TYPES["blob"]).conversion is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("text", "string"),
        ("whole_decimal", "long"),
        ("decimal", "double"),
        ("boolean", "boolean"),
        ("instant", "date"),
        ("integers", "long"),
        ("json", "object"),
    ],
)
def test_the_word_for_a_new_field(name: str, word: str) -> None:
    assert iterable_type(TYPES[name]) == word
