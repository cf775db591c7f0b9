"""Texts, and the names of the columns that hold them."""

from __future__ import annotations

import pytest

from tests.unit.mapping.conftest import Convert

TEXTS = [
    'it\'s "quoted" \\ back',
    "naïve 👩‍👩‍👧 \u202e right to left",
    "two\nlines\r\n\ttabbed",
    "a\x01b\x1fc\x7f",
    "x" * 32_768,
    "007",
    "null",
    "",
    "  spaces  ",
    "{}",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_come_back_unchanged(convert: Convert, text: str) -> None:
    quoted = text.replace("'", "''")
    assert convert(f"'{quoted}'").value == text
    assert convert(f"['{quoted}', NULL]").value == [text, None]
    assert convert(f"{{'a': '{quoted}'}}").value == {"a": text}


def test_a_zero_character_is_escaped(convert: Convert) -> None:
    assert convert("'a' || chr(0) || 'b'").value == "a\0b"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'pro'::ENUM('free', 'pro')", "pro"),
        ("'c0ffee00-0000-4000-8000-000000000001'::UUID", "c0ffee00-0000-4000-8000-000000000001"),
        ("NULL::UUID", None),
    ],
)
def test_enums_and_uuids_are_texts(convert: Convert, expression: str, value: str | None) -> None:
    sent = convert(expression)
    assert (sent.value if sent.text else None, sent.is_refused) == (value, False)


@pytest.mark.parametrize(
    "name", ['say "hi"', "a.b", "back\\slash", "ünï 👋", "two\nlines", "select", "e0", "m", "key"]
)
def test_columns_may_have_any_name(convert: Convert, name: str) -> None:
    assert convert("'x'", name=name).value == "x"
    assert convert("[{'e0': 'y'}]", name=name).value == [{"e0": "y"}]
