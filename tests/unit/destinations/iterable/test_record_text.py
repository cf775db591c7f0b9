"""Records are taken apart and put together again without touching a value."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from penstock.destinations.iterable.record_text import read_records

EXACT = (
    b'{"email":"a@example.com","preferUserId":true,"dataFields":{"dec":1234567890123456789012345678.0123456789,'
    b'"n":123456789012345678901234567890,"x":1.20,"say \\"hi\\"":"}{,:","o":{"a":[1.10,{}],"b":{}},"e":{}}},'
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)


def test_numbers_keep_their_digits() -> None:
    (record,) = read_records(EXACT)
    assert record.text() == EXACT


def test_what_is_taken_out_of_the_content_is_not_written() -> None:
    (record,) = read_records(EXACT)
    for name in ("n", "o", "e", 'say "hi"'):
        del record.content["dataFields"][name]
    assert record.text() == (
        b'{"email":"a@example.com","preferUserId":true,"dataFields":{"dec":1234567890123456789012345678.0123456789,'
        b'"x":1.20}},'
    )


def test_a_record_without_attributes_stays_one() -> None:
    records = read_records(b'{"email":"a@example.com"},{"email":"b@example.com","dataFields":{}},')
    assert [record.text() for record in records] == [
        b'{"email":"a@example.com"},',
        b'{"email":"b@example.com","dataFields":{}},',
    ]


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=5), min_size=1, max_size=3))
def test_any_record_survives(values: list[dict[str, Any]]) -> None:
    written = [{"email": f"{i}@example.com", "dataFields": fields} for i, fields in enumerate(values)]
    body = b"".join(json.dumps(each, separators=(",", ":")).encode() + b"," for each in written)
    records = read_records(body)
    assert [record.content for record in records] == written
    assert json.loads(b"[" + b"".join(record.text() for record in records)[:-1] + b"]") == written
