"""Ranges begin at round bounds, follow one another, and are few."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.segments.ranges import RANGES, day_bounds, number_bounds

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.floats(
    allow_nan=False, allow_infinity=False
).map(lambda value: Decimal(repr(value)))


@pytest.mark.parametrize(
    ("low", "high", "whole", "names"),
    [
        ("0", "29", True, ["0 to 4", "5 to 9", "10 to 14", "15 to 19", "20 to 24", "25 to 29"]),
        ("18", "23", True, ["18", "19", "20", "21", "22", "23"]),
        ("1200", "2900", True, ["1,200 to 1,399", *(f"{n:,} to {n + 199:,}" for n in range(1400, 2801, 200))]),
        ("-0.5", "0.4", False, [f"{n / 10:g} to below {(n + 1) / 10:g}" for n in range(-5, 5)]),
        ("7", "7", False, ["7 to below 8"]),
    ],
)
def test_numbers(low: str, high: str, whole: bool, names: list[str]) -> None:
    bounds = number_bounds(Decimal(low), Decimal(high), whole=whole)
    assert [bound.name for bound in bounds[:-1]] == names


@given(NUMBERS, NUMBERS)
def test_every_number_lies_in_a_range(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    bounds = number_bounds(low, high, whole=False)
    starts = [Decimal(bound.text) for bound in bounds]
    assert starts[0] <= low <= high < starts[-1]
    assert 2 <= len(starts) <= 13
    assert all(before < after for before, after in pairwise(starts))


@pytest.mark.parametrize(
    ("low", "high", "first", "last", "count"),
    [
        ("2024-02-28", "2024-03-01", "2024-02-28", "2024-03-01", 3),
        ("2023-11-30", "2024-02-01", "2023-11", "2024-02", 4),
        ("2020-01-01", "2024-02-01", "2020 Q1", "2024 Q1", 17),
        ("2003-12-31", "2024-02-01", "2003", "2024", 22),
        ("1909-12-31", "2024-02-01", "1900 to 1909", "2020 to 2029", 13),
    ],
)
def test_times(low: str, high: str, first: str, last: str, count: int) -> None:
    bounds = day_bounds(date.fromisoformat(low), date.fromisoformat(high))
    assert (bounds[0].name, bounds[-2].name, len(bounds) - 1) == (first, last, count)


@given(st.dates(), st.dates())
def test_every_day_lies_in_a_range(one: date, other: date) -> None:
    low, high = sorted((one, other))
    bounds = day_bounds(low, high)
    if not bounds:
        assert high.year - low.year > 10 * (RANGES - 2) or low.year < 10 or high.year > 9980
        return
    starts = [date.fromisoformat(bound.text) for bound in bounds]
    assert starts[0] <= low <= high < starts[-1]
    assert len(starts) <= RANGES + 1
    assert all(before < after for before, after in pairwise(starts))
