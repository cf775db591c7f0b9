"""Records taken apart and put together again, every value as it was written."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.destinations.zendesk.handles import Handle, HandledJob, read_handle, write_handle
from penstock.destinations.zendesk.job_status import JobKind
from penstock.destinations.zendesk.sent_records import read_records, users_body

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
RECORDS = st.lists(st.dictionaries(st.text(), VALUES, max_size=5), min_size=1, max_size=5)


def body(records: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(record) + b"," for record in records)


@given(RECORDS)
def test_what_is_taken_apart_is_sent_as_it_was(records: list[dict[str, Any]]) -> None:
    read = read_records(range(len(records)), body(records))
    assert [record.content for record in read] == records
    assert users_body(read) == b'{"users":[' + body(records)[:-1] + b"]}"


@given(RECORDS)
def test_a_record_becomes_an_update_by_id(records: list[dict[str, Any]]) -> None:
    for record, content in zip(read_records(range(len(records)), body(records)), records, strict=True):
        without = set(list(content)[:2])
        kept = {name: value for name, value in content.items() if name not in without and name != "id"}
        update = record.by_id(7, without=without)
        assert update.content == {"id": 7, **kept}
        assert orjson.loads(update.text) == {"id": 7, **kept}


def test_numbers_stay_as_they_were_written() -> None:
    text = b'{"email":"a@example.com","user_fields":{"n":1234567890123456789.10}},'
    [record] = read_records([3], text)
    assert record.by_id(6164120117914, without={"email"}).text == (
        '{"id":6164120117914,"user_fields":{"n":1234567890123456789.10}}'
    )


def test_a_body_that_is_not_its_records_is_noticed() -> None:
    with pytest.raises(ValueError, match="1 records end at 3 of 6"):
        read_records([0], b"{},{},")


def test_handles_survive() -> None:
    jobs = (
        HandledJob(job_id="V3-a", kind=JobKind.UPDATE),
        HandledJob(job_id="V3-b", kind=JobKind.UPSERT, whole=True, numbers=(4, 9)),
    )
    handle = Handle(jobs=jobs, ignored=("plan",))
    assert read_handle(write_handle(handle)) == handle
