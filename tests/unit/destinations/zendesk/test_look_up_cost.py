"""Which way of looking users up is the cheapest, at the limits of Zendesk's plans."""

from datetime import timedelta

import pytest

from penstock.destinations.zendesk.look_up_cost import Prices, pages_to_list, requests_to_ask

TEAM = Prices(request=60 / 155, page=60 / 15.5, speed=1)
ENTERPRISE = Prices(request=60 / 543, page=60 / 15.5, speed=1)
DAY = timedelta(days=1)


def listed(prices: Prices, match_key: str, count: int, users: int, since: timedelta | None = None) -> bool:
    return prices.listing_pays(requests_to_ask(match_key, count), pages_to_list(users, since))


@pytest.mark.parametrize(
    ("match_key", "count", "users", "expected"),
    [
        ("email", 10, 100_000, False),
        ("email", 1_000, 1_000, False),
        ("email", 2_000, 100_000, False),
        ("email", 2_000, 10_000, True),
        ("email", 100_000, 1_000_000, True),
        ("email", 100_000, 10_000_000, False),
        ("external_id", 100_000, 1_000, False),
        ("external_id", 1_000_000, 10_000, True),
        ("external_id", 100_000, 1_000_000, False),
    ],
)
def test_a_listing_is_for_many_in_an_account_of_few(match_key: str, count: int, users: int, expected: bool) -> None:
    assert listed(ENTERPRISE, match_key, count, users) is expected


def test_a_slower_account_lists_earlier() -> None:
    assert listed(TEAM, "email", 1_000, 10_000)
    assert not listed(ENTERPRISE, "email", 1_000, 10_000)


def test_going_on_costs_less_the_younger_the_last_listing_is() -> None:
    assert [pages_to_list(1_000_000, age) for age in (DAY, 5 * DAY, 10 * DAY, 90 * DAY, None)] == [
        101,
        501,
        1001,
        1001,
        1001,
    ]
    assert pages_to_list(0, None) == pages_to_list(999, None) == 1


def test_time_that_is_sped_up_changes_no_choice() -> None:
    fast = Prices(request=TEAM.request / 40, page=TEAM.page / 40, speed=40)
    assert fast.worth_asking == TEAM.worth_asking == 310
    assert listed(fast, "email", 1_000, 10_000)


def test_external_ids_are_asked_for_by_the_hundred() -> None:
    assert [requests_to_ask("external_id", count) for count in (1, 100, 101)] == [1, 1, 2]
    assert [requests_to_ask("email", count) for count in (1, 100, 101)] == [2, 101, 103]
