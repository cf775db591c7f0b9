"""Numbers reach the destination digit by digit, or not at all."""

from __future__ import annotations

import pytest

from penstock.mapping.conversions import Target
from tests.unit.mapping.conftest import Convert

INTEGERS = [
    ("9007199254740993::BIGINT", "9007199254740993"),
    ("9223372036854775807::BIGINT", "9223372036854775807"),
    ("(-9223372036854775808)::BIGINT", "-9223372036854775808"),
    ("255::UTINYINT", "255"),
    ("9223372036854775807::UBIGINT", "9223372036854775807"),
    ("(-9223372036854775808)::HUGEINT", "-9223372036854775808"),
    ("0::TINYINT", "0"),
]


@pytest.mark.parametrize(("expression", "text"), INTEGERS)
def test_integers_keep_every_digit(convert: Convert, expression: str, text: str) -> None:
    sent = convert(expression)
    assert (sent.text, sent.is_refused) == (text, False)
    assert sent.value == int(text)


@pytest.mark.parametrize(
    "expression",
    [
        "9223372036854775808::UBIGINT",
        "9223372036854775808::HUGEINT",
        "(-9223372036854775809)::HUGEINT",
        "340282366920938463463374607431768211455::UHUGEINT",
    ],
)
def test_integers_beyond_sixty_four_bits_are_refused(convert: Convert, expression: str) -> None:
    sent = convert(expression)
    assert (sent.text, sent.is_refused) == (None, True)


def test_whole_decimals_can_become_integers_within_their_range(convert: Convert) -> None:
    assert convert("12345::DECIMAL(38,0)", target=Target.INTEGER).text == "12345"
    assert convert(f"{'9' * 38}::DECIMAL(38,0)", target=Target.INTEGER).is_refused


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("12.50::DECIMAL(9,2)", "12.50"),
        ("(-0.01)::DECIMAL(9,2)", "-0.01"),
        ("0.5::DECIMAL(3,3)", "0.500"),
        ("(-0.5)::DECIMAL(3,3)", "-0.500"),
        ("0::DECIMAL(3,3)", "0.000"),
        ("0.25::DECIMAL(4,3)", "0.250"),
        ("7::DECIMAL(18,0)", "7"),
        (f"'{'9' * 28}.{'1' * 10}'::DECIMAL(38,10)", f"{'9' * 28}.{'1' * 10}"),
        (f"'-0.{'1' * 38}'::DECIMAL(38,38)", f"-0.{'1' * 38}"),
        ("[0.5, NULL]::DECIMAL(3,3)[]", "[0.500,null]"),
    ],
)
def test_decimals_are_written_as_json_writes_them(convert: Convert, expression: str, text: str) -> None:
    sent = convert(expression)
    assert sent.text == text
    assert sent.value is not None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1e300::DOUBLE", 1e300),
        ("1e-300::DOUBLE", 1e-300),
        ("5.0::DOUBLE", 5.0),
        ("0.1::DOUBLE + 0.2::DOUBLE", 0.1 + 0.2),
        ("5e-324::DOUBLE", 5e-324),
        ("'-0'::DOUBLE", -0.0),
    ],
)
def test_doubles_come_back_bit_by_bit(convert: Convert, expression: str, value: float) -> None:
    sent = convert(expression)
    assert repr(sent.value) == repr(value)


def test_a_float_of_32_bits_is_written_as_short_as_it_is(convert: Convert) -> None:
    assert convert("0.1::FLOAT").text == "0.1"
    assert convert("16777217::FLOAT").value == 16777216.0


def test_a_whole_number_sent_as_number_has_a_decimal_point(convert: Convert) -> None:
    assert convert("5::BIGINT", target=Target.NUMBER).text == "5.0"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("type_", ["DOUBLE", "FLOAT"])
def test_what_is_no_number_is_refused(convert: Convert, value: str, type_: str) -> None:
    sent = convert(f"'{value}'::{type_}")
    assert (sent.text, sent.is_refused) == (None, True)


@pytest.mark.parametrize("type_", ["BIGINT", "HUGEINT", "DECIMAL(3,3)", "DECIMAL(9,2)", "DOUBLE", "FLOAT", "BOOLEAN"])
def test_null_is_null_and_not_refused(convert: Convert, type_: str) -> None:
    sent = convert(f"NULL::{type_}")
    assert (sent.text, sent.is_refused) == (None, False)


def test_booleans(convert: Convert) -> None:
    assert (convert("true").text, convert("false").text) == ("true", "false")
