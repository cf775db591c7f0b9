from typing import Any

import pytest

from penstock.sandbox.errors import SandboxError
from penstock.sandbox.faults import ACTIONS, FaultBook

BUCKETS = ("invalidData", "conflict")


def book(*faults: dict[str, Any]) -> FaultBook:
    faults_book = FaultBook(BUCKETS)
    faults_book.replace(list(faults))
    return faults_book


def hits(faults: FaultBook, count: int, method: str = "POST", path: str = "/api/users/x") -> list[int]:
    return [number for number in range(1, count + 1) if faults.match(method, path, b"")]


def test_nth_hits_once() -> None:
    assert hits(book({"on": "POST /api/users/*", "nth": 3, "do": "503"}), 10) == [3]


def test_nth_with_times_hits_that_many_in_a_row() -> None:
    assert hits(book({"on": "POST /*", "nth": 3, "times": 2, "do": "503"}), 10) == [3, 4]


def test_without_nth_or_rate_every_request_is_hit() -> None:
    assert hits(book({"on": "* /*", "do": "503"}), 3) == [1, 2, 3]
    assert hits(book({"on": "* /*", "do": "503", "times": 2}), 5) == [1, 2]


def test_a_seeded_rate_repeats_itself_and_is_about_right() -> None:
    fault = {"on": "POST *", "rate": 0.1, "seed": 7, "do": "429"}
    first = hits(book(fault), 2000)
    assert first == hits(book(fault), 2000)
    assert 130 < len(first) < 270
    assert len(hits(book({**fault, "times": 4}), 2000)) == 4


def test_only_matching_requests_are_counted() -> None:
    faults = book({"on": "POST /api/users/bulk*", "nth": 1, "do": "503"})
    assert faults.match("GET", "/api/users/bulkUpdate", b"") is None
    assert faults.match("POST", "/api/users/update", b"") is None
    assert faults.match("POST", "/api/users/bulkUpdate", b"") is not None
    assert faults.as_json() == [
        {"on": "POST /api/users/bulk*", "do": "503", "nth": 1, "seen": 1, "fired": 1},
    ]


def test_the_first_fault_wins_and_the_other_did_not_fire() -> None:
    faults = book({"on": "* *", "do": "503"}, {"on": "* *", "do": "429"})
    hit = faults.match("GET", "/", b"")
    assert hit is not None
    assert hit.fault.do == "503"
    assert [each["fired"] for each in faults.as_json()] == [1, 0]


@pytest.mark.parametrize("do", ["reject-record", "503"])
def test_a_named_record_counts_only_requests_that_carry_it(do: str) -> None:
    faults = book({"on": "POST *", "do": do, "record": "Ana@example.com", "nth": 1})
    assert faults.match("POST", "/", b'{"email":"bob@example.com"}') is None
    hit = faults.match("POST", "/", b'{"email":"ana@example.com"}')
    assert hit is not None
    assert hit.rejection().bucket == "invalidData"


def test_replacing_clears() -> None:
    faults = book({"on": "* *", "do": "503"})
    faults.replace([])
    assert faults.match("GET", "/", b"") is None
    assert faults.as_json() == []


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_can_be_set(action: str) -> None:
    extra = {"seconds": 1} if action == "delay" else {}
    assert book({"on": "* *", "do": action, **extra}).as_json()[0]["do"] == action


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"on": "POST /x", "do": "explode"}, "'do' of a fault cannot be 'explode'"),
        ({"on": "POST /x", "do": 503}, "'do' of a fault cannot be 503"),
        ({"on": "POST /x"}, "'do'"),
        ({"do": "503"}, "'on' of a fault"),
        ({"on": "/x", "do": "503"}, "'on' of a fault"),
        ({"on": "POST /x", "do": "503", "nht": 3}, "Did you mean 'nth'?"),
        ({"on": "POST /x", "do": "503", "nth": 0}, "'nth' of a fault cannot be 0"),
        ({"on": "POST /x", "do": "503", "nth": True}, "'nth' of a fault cannot be True"),
        ({"on": "POST /x", "do": "503", "rate": 1.5}, "from 0 to 1"),
        ({"on": "POST /x", "do": "503", "rate": "0.5"}, "from 0 to 1"),
        ({"on": "POST /x", "do": "503", "rate": 0.5, "nth": 1}, "not both"),
        ({"on": "POST /x", "do": "503", "times": 0}, "'times'"),
        ({"on": "POST /x", "do": "delay"}, "'seconds' belongs to 'delay'"),
        ({"on": "POST /x", "do": "503", "seconds": 1}, "'seconds' belongs to 'delay'"),
        ({"on": "POST /x", "do": "503", "bucket": "conflict"}, "belongs to 'reject-record'"),
        ({"on": "POST /x", "do": "reject-record", "bucket": "bin"}, "Allowed: invalidData, conflict"),
        ("503", "A fault is a JSON object."),
    ],
)
def test_a_wrong_fault_is_refused_in_a_clear_sentence(fault: Any, words: str) -> None:
    faults = book({"on": "* *", "do": "503"})
    with pytest.raises(SandboxError) as caught:
        faults.replace([fault])
    assert words in f"{caught.value.message} {caught.value.fix}"
    assert len(faults.active) == 1


def test_faults_are_a_list() -> None:
    with pytest.raises(SandboxError, match="JSON list"):
        FaultBook(BUCKETS).replace({"on": "* *", "do": "503"})
