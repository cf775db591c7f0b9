"""Ranges of numbers, joined where they touch, and the SQL that finds what lies in them."""

from __future__ import annotations

import itertools

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.plan.receipts import coalesce, range_sql

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair))), max_size=8)


def members(ranges: list[tuple[int, int]]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@given(RANGES)
@settings(derandomize=True, database=None)
def test_joining_keeps_every_number_and_leaves_gaps_between(ranges: list[tuple[int, int]]) -> None:
    joined = coalesce(ranges)
    assert members(joined) == members(ranges)
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(joined))


def test_the_sql_finds_the_same_numbers() -> None:
    with duckdb.connect() as connection:
        for ranges in ([], [(3, 3)], [(0, 2), (5, 9), (40, 41)]):
            query = f"SELECT n FROM range(50) t(n) WHERE {range_sql('n', ranges)}"
            assert {n for (n,) in connection.execute(query).fetchall()} == members(ranges)
        assert connection.execute(f"SELECT NULL::BIGINT AS n WHERE {range_sql('n', [(0, 9)])}").fetchall() == []
