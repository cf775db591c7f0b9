"""The export of the Iterable emulator over real HTTP, and how long it and single reads lag behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import Answer, Emulator
from tests.waiting import until

EXPORT = "/api/export/data.json"
Start = Callable[..., AbstractContextManager[Emulator]]


def export(emulator: Emulator, *more: tuple[str, str], **query: str) -> Answer:
    pairs = [*({"dataTypeName": "user", "range": "All"} | query).items(), *more]
    return emulator.call("GET", f"{EXPORT}?{urlencode(pairs)}")


def rows(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_users_are_rows_with_dotted_names(emulator: Emulator) -> None:
    emulator.bulk(
        {"email": "ana@example.com", "userId": "1", "dataFields": {"address": {"city": "Lyon"}, "tags": ["a"]}}
    )
    answer = export(emulator)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    (row,) = rows(answer)
    assert (row["email"], row["userId"], row["address.city"], row["tags"]) == (
        "ana@example.com",
        "1",
        "Lyon",
        ["a"],
    )
    assert row["itblInternal.emailDomain"] == "example.com"
    assert "address" not in row


def test_fields_can_be_chosen_or_left_out(emulator: Emulator) -> None:
    emulator.bulk({"email": "ana@example.com", "dataFields": {"plan": "pro", "address": {"city": "Lyon"}}})
    chosen = rows(export(emulator, ("onlyFields", "email"), ("onlyFields", "address")))
    assert chosen == [{"email": "ana@example.com", "address.city": "Lyon"}]
    (left,) = rows(export(emulator, omitFields="email,itblInternal"))
    assert {"plan", "address.city"} <= left.keys()
    assert not [name for name in left if name == "email" or name.startswith("itblInternal")]


def test_more_users_than_a_page(emulator: Emulator) -> None:
    for first in (0, 1000, 2000):
        emulator.bulk(*({"email": f"u{number}@example.com"} for number in range(first, first + 900)))
    names = [row["email"] for row in rows(export(emulator, onlyFields="email"))]
    assert len(names) == len(set(names)) == 2700


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"range": "Today"}, 1),
        ({"range": "BeforeToday"}, 0),
        ({"range": "Yesterday"}, 0),
        ({"startDateTime": "2020-01-01 00:00:00", "endDateTime": "2999-01-01 00:00:00"}, 1),
        ({"startDateTime": "2020-01-01 00:00:00 +00:00", "endDateTime": "2020-02-01 00:00:00 +00:00"}, 0),
    ],
)
def test_a_window_of_the_time_of_change(emulator: Emulator, query: dict[str, str], count: int) -> None:
    emulator.bulk({"email": "ana@example.com"})
    answer = emulator.call("GET", f"{EXPORT}?{urlencode({'dataTypeName': 'user', **query})}")
    assert len(rows(answer)) == count


@pytest.mark.parametrize(
    "query",
    [
        {"dataTypeName": "nonsense", "range": "All"},
        {"dataTypeName": "user"},
        {"dataTypeName": "user", "range": "Always"},
        {"dataTypeName": "user", "startDateTime": "2020-01-01 00:00:00"},
        {"dataTypeName": "user", "startDateTime": "then", "endDateTime": "now"},
    ],
)
def test_what_cannot_be_exported_is_refused(emulator: Emulator, query: dict[str, str]) -> None:
    answer = emulator.call("GET", f"{EXPORT}?{urlencode(query)}")
    assert (answer.status, answer.json()["code"]) == (400, "BadParams")


def test_events_are_none(emulator: Emulator) -> None:
    emulator.bulk({"email": "ana@example.com"})
    assert export(emulator, dataTypeName="emailSend").text == ""


def test_every_tenth_row_can_be_cut_short(emulator: Emulator) -> None:
    emulator.settings(export_rows="broken")
    emulator.bulk(*({"email": f"u{number}@example.com"} for number in range(20)))
    lines = export(emulator, onlyFields="email").text.splitlines()
    assert [number for number, line in enumerate(lines, 1) if not line.endswith("}")] == [10, 20]
    assert len(rows(export(emulator))) == 20


def test_four_exports_a_minute(start: Start) -> None:
    with start() as emulator:
        assert [export(emulator).status for _ in range(4)] == [200] * 4
        answer = export(emulator)
        assert answer.status == 429
        assert answer.json()["msg"] == (
            f"Exceeded rate limit of 4.0 per minute for endpoint: {EXPORT}, project: {emulator.project()} "
        )


def test_exports_lag_behind_creations_and_deletions(start: Start) -> None:
    with start("--speed", "60", "--set", "iterable.rate_limits=off") as emulator:

        def names() -> set[str]:
            return {row["email"] for row in rows(export(emulator))}

        emulator.bulk({"email": "ana@example.com"}, {"email": "ben@example.com"})
        assert names() == set()
        until(lambda: names() == {"ana@example.com", "ben@example.com"})
        emulator.settings(export_lag_seconds=600)
        emulator.call("DELETE", "/api/users/ana@example.com")
        emulator.bulk({"email": "cy@example.com"})
        emulator.call("DELETE", "/api/users/cy@example.com")
        assert {user["email"] for user in emulator.lines("users")} == {"ben@example.com"}
        assert names() == {"ana@example.com", "ben@example.com"}


def test_a_deletion_shows_in_single_reads_after_a_while(start: Start) -> None:
    with start("--speed", "10", "--set", "iterable.visibility_seconds=5") as emulator:
        emulator.bulk({"email": "ana@example.com", "userId": "1"})
        assert emulator.user("ana@example.com") is None
        until(lambda: emulator.user("ana@example.com") is not None)
        assert emulator.call("DELETE", "/api/users/byUserId/1").status == 200
        assert emulator.user("ana@example.com") is not None
        until(lambda: emulator.user("ana@example.com") is None)
        assert emulator.call("GET", "/api/users/byUserId?userId=1").status == 400
