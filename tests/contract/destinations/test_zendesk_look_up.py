"""Looking users up at the emulator of Zendesk: by show_many, search and listing, whichever costs least."""

from collections.abc import Iterator
from typing import Any

import pytest

from penstock.destinations.zendesk.looking_up import FIRST_ADDRESS_ONLY, NOT_ALLOWED
from tests.contract.destinations.zendesk_account import SPEED, Looked, listable, look_up, people
from tests.emulator import Zendesk, running_zendesk

SWITCHES: dict[str, Any] = {
    "job_seconds": 0,
    "headers": "2024",
    "role": "admin",
    "search_email": "primary",
    "requests_per_minute": "off",
    "exports_per_minute": 600,
    "write_per_second": "off",
}
SLOW: dict[str, Any] = {"requests_per_minute": 4}
"""An account where asking for ten users takes longer than listing all of them."""
ADDRESSES = [f"u{number}@example.com" for number in range(14)]


@pytest.fixture(scope="module")
def process() -> Iterator[Zendesk]:
    with running_zendesk("--speed", str(SPEED)) as zendesk:
        yield zendesk


@pytest.fixture
def zendesk(process: Zendesk) -> Zendesk:
    process.begin(**SWITCHES)
    return process


def told(looked: Looked) -> str:
    (notice,) = looked.notices
    return notice


def test_external_ids_are_shown_a_hundred_at_a_time(zendesk: Zendesk) -> None:
    ids = people(zendesk, 230)
    looked = look_up(zendesk, *(each.upper() for each in ids), "nobody")
    assert looked.seen.ids == ids
    assert (looked.result.listing, looked.requests) == (False, {"show_many": 3})
    assert told(looked) == (
        "231 users were looked up in Zendesk by external id, a hundred at a time; 230 of them exist."
        " This took 3 requests."
    )


def test_an_external_id_with_a_comma_is_searched_for(zendesk: Zendesk) -> None:
    zendesk.create(name="Ana", external_id="a,b")
    zendesk.create(name="Ben", external_id="c")
    looked = look_up(zendesk, "A,b", "c", "b,a")
    assert looked.seen.names == ["A,b", "c"]
    assert looked.requests == {"show_many": 1, "search": 2}


def test_addresses_are_searched_for_one_by_one(zendesk: Zendesk) -> None:
    ids = people(zendesk, 10)
    looked = look_up(zendesk, *ADDRESSES, match_key="email")
    assert looked.seen.names == ADDRESSES[:10]
    assert looked.seen.ids["u3@example.com"] == ids["e3"]
    assert looked.requests == {"show_many": 1, "search": 14}
    assert "14 users were looked up in Zendesk by search, one request each; 10 of them exist" in told(looked)


@pytest.mark.parametrize("shown", ["primary", "searched"])
def test_further_addresses_count_suspended_users_too_and_deleted_ones_do_not(zendesk: Zendesk, shown: str) -> None:
    zendesk.settings(search_email=shown)
    ids = people(zendesk, 3)
    zendesk.update(ids["e0"], email="second@example.com")
    zendesk.update(ids["e1"], suspended=True)
    zendesk.call("DELETE", f"/users/{ids['e2']}")
    looked = look_up(zendesk, "SECOND@example.com", "u1@example.com", "u2@example.com", 'a"b', match_key="email")
    assert looked.seen.names == ["SECOND@example.com", "u1@example.com"]
    assert looked.seen.ids["second@example.com"] == ids["e0"]


def test_many_addresses_are_found_in_the_listing(zendesk: Zendesk) -> None:
    ids = people(zendesk, 10)
    zendesk.call("DELETE", f"/users/{ids['e4']}")
    listable(zendesk, 11)
    looked = look_up(zendesk, *ADDRESSES, match_key="email", **SLOW)
    assert looked.seen.names == [each for each in ADDRESSES[:10] if each != "u4@example.com"]
    assert looked.seen.deleted == {ids["e4"]}
    assert (looked.result.listing, looked.result.since) == (True, False)
    assert looked.requests == {"listing": 1, "search": 5}
    assert "in the listing of all users, and 5 whom it did not name by search, one request each; 9 of" in told(looked)


def test_of_a_listing_too_many_to_ask_for_count_as_absent(zendesk: Zendesk) -> None:
    people(zendesk, 3)
    listable(zendesk, 4)
    looked = look_up(zendesk, *ADDRESSES, match_key="email", **SLOW)
    assert looked.seen.names == ADDRESSES[:3]
    assert looked.requests == {"listing": 1}
    assert looked.notices[0] == FIRST_ADDRESS_ONLY
    assert "14 users were looked up in Zendesk in the listing of all users; 3 of them exist." in looked.notices[1]


def test_whoever_is_listed_by_another_address_is_searched_for(zendesk: Zendesk) -> None:
    ids = people(zendesk, 13)
    zendesk.update(ids["e0"], email="u13@example.com")
    listable(zendesk, 14)
    looked = look_up(zendesk, *ADDRESSES, match_key="email", **SLOW)
    assert looked.seen.names == ADDRESSES
    assert looked.seen.ids["u13@example.com"] == looked.seen.ids["u0@example.com"] == ids["e0"]
    assert looked.requests == {"listing": 1, "search": 1, "show_many": 1}


def test_a_listing_goes_on_where_the_last_one_ended(zendesk: Zendesk) -> None:
    people(zendesk, 5)
    bookmark = listable(zendesk, 6)
    people(zendesk, 5, first=5)
    listable(zendesk, 5, bookmark)
    looked = look_up(zendesk, *ADDRESSES, match_key="email", bookmark=bookmark, **SLOW)
    assert looked.seen.names == ADDRESSES[5:10]
    assert (looked.result.listing, looked.result.since) == (True, True)
    assert looked.result.bookmark not in ("", bookmark)
    assert "in the listing of users changed since the last one; 5 of them exist" in looked.notices[1]


def test_a_bookmark_that_is_refused_means_listing_everybody(zendesk: Zendesk) -> None:
    people(zendesk, 10)
    listable(zendesk, 11)
    looked = look_up(zendesk, *ADDRESSES, match_key="email", bookmark="stale!", **SLOW)
    assert looked.seen.names == ADDRESSES[:10]
    assert (looked.result.listing, looked.result.since) == (True, False)
    assert looked.requests["listing"] == 2


def test_many_external_ids_may_be_listed_as_well(zendesk: Zendesk) -> None:
    ids = people(zendesk, 210)
    listable(zendesk, 211)
    looked = look_up(zendesk, *ids, "E0", requests_per_minute=1)
    assert looked.seen.ids == ids
    assert looked.requests == {"listing": 1}


def test_a_listing_has_pages(zendesk: Zendesk) -> None:
    ids = people(zendesk, 1100)
    listable(zendesk, 1000)
    listable(zendesk, 101, bookmark=listable(zendesk, 1000))
    looked = look_up(zendesk, *ids, requests_per_minute=2)
    assert looked.seen.ids == ids
    assert looked.requests == {"listing": 2}


def test_a_page_that_is_throttled_is_asked_for_again(zendesk: Zendesk) -> None:
    people(zendesk, 10)
    listable(zendesk, 11)
    zendesk.faults({"on": "GET /api/v2/incremental/users/cursor", "nth": 1, "do": "429", "retry_after": 0})
    looked = look_up(zendesk, *ADDRESSES[:10], match_key="email", **SLOW)
    assert looked.seen.names == ADDRESSES[:10]
    assert looked.requests == {"listing": 2}


def test_who_may_not_list_asks(zendesk: Zendesk) -> None:
    people(zendesk, 10)
    zendesk.settings(role="agent")
    looked = look_up(zendesk, *ADDRESSES, match_key="email", **SLOW)
    assert looked.seen.names == ADDRESSES[:10]
    assert looked.requests == {"search": 14, "show_many": 1}
    assert looked.notices[0] == NOT_ALLOWED
