"""Lists, structs, maps and JSON: every part by the rules of its own kind."""

from __future__ import annotations

import pytest

from tests.unit.mapping.conftest import Convert

CASES: list[tuple[str, object]] = [
    ("[1, NULL, 3]", [1, None, 3]),
    ("[]::VARCHAR[]", []),
    ("[[1], [], NULL]::INTEGER[][]", [[1], [], None]),
    ("[1, 2, 3]::INTEGER[3]", [1, 2, 3]),
    ("{'a': 1, 'b': {'c': [true]}}", {"a": 1, "b": {"c": [True]}}),
    ("[{'sku': 'x', 'price': 1.50::DECIMAL(9,2)}, NULL]", [{"sku": "x", "price": 1.5}, None]),
    ("MAP {'b': 1, 'a': NULL}", {"a": None, "b": 1}),
    ("MAP {}::MAP(VARCHAR, INTEGER)", {}),
    ("MAP {1: ['x']}", {"1": ["x"]}),
    ("""'{"a": [1, {"b": null}], "é": 1.0}'::JSON""", {"a": [1, {"b": None}], "é": 1.0}),
    ("[DATE '2024-02-29', NULL]", ["2024-02-29", None]),
    ("{'quo\"te': 1, 'back\\slash': 2, 'new\nline': 3}", {'quo"te': 1, "back\\slash": 2, "new\nline": 3}),
    ("['c0ffee00-0000-4000-8000-000000000001'::UUID]", ["c0ffee00-0000-4000-8000-000000000001"]),
    ("""['{"a":1}'::JSON, NULL]""", [{"a": 1}, None]),
    ("[5.0::DOUBLE, 1e300]", [5.0, 1e300]),
]


@pytest.mark.parametrize(("expression", "value"), CASES, ids=[expression[:30] for expression, _ in CASES])
def test_parts_come_back(convert: Convert, expression: str, value: object) -> None:
    sent = convert(expression)
    assert (sent.value, sent.is_refused) == (value, False)


@pytest.mark.parametrize(
    "expression",
    ["NULL::INTEGER[]", "NULL::STRUCT(a INTEGER)", "NULL::MAP(VARCHAR, INTEGER)", "NULL::JSON", "'null'::JSON"],
)
def test_nothing_is_null_even_where_json_has_a_word_for_it(convert: Convert, expression: str) -> None:
    sent = convert(expression)
    assert (sent.text, sent.is_refused) == (None, False)


@pytest.mark.parametrize(
    "expression",
    [
        "[1.0::DOUBLE, 'nan'::DOUBLE]",
        "{'a': {'b': ['inf'::FLOAT]}}",
        "MAP {'a': 'nan'::DOUBLE}",
        "[DATE '10000-01-01']",
    ],
)
def test_a_part_that_cannot_be_sent_refuses_the_whole_value(convert: Convert, expression: str) -> None:
    sent = convert(expression)
    assert (sent.text, sent.is_refused) == (None, True)


def test_the_order_in_which_a_map_was_filled_makes_no_difference(convert: Convert) -> None:
    assert convert("MAP {'a': 1, 'b': 2}").text == convert("MAP {'b': 2, 'a': 1}").text


def test_spaces_in_json_make_no_difference(convert: Convert) -> None:
    assert convert("""'{ "a" :  1 }'::JSON""").text == convert("""'{"a":1}'::JSON""").text
