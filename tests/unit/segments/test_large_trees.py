"""Trees that nobody writes by hand: deep, wide, and both; they compile, render and run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import reduce

import duckdb
import pytest
from sqlglot import exp

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not
from penstock.fields import Field
from penstock.segments.sentence import outline, sentence
from tests.compiling import check_condition, compile_condition, model_named

Select = Callable[[Condition, Sequence[Mapping[str, object]]], list[int]]
Ask = Callable[..., Comparison]
ROWS: list[dict[str, object]] = [{"age": age} for age in [*range(8), None]]


def ladder(rungs: Sequence[Comparison], *, negating: bool) -> Condition:
    """Nest as deep as there are rungs: rung or (rung and (rung or …)), every third level negated."""

    def climb(below: Condition, rung: tuple[int, Comparison]) -> Condition:
        number, comparison = rung
        joined = (AllOf if number % 2 else AnyOf)(conditions=(comparison, below))
        return Not(condition=joined) if negating and number % 3 == 0 else joined

    lowest: Condition = rungs[0]
    return reduce(climb, enumerate(rungs[1:]), lowest)


def reading(condition: Condition, age: int | None) -> bool:
    """Read a tree of `age is N` without recursion."""
    done: list[bool] = []
    waiting: list[tuple[Condition, bool]] = [(condition, False)]
    while waiting:
        current, seen = waiting.pop()
        if not isinstance(current, AllOf | AnyOf | Not):
            assert isinstance(current, Comparison)
            done.append(age in current.operands)
        elif not seen:
            below = (current.condition,) if isinstance(current, Not) else current.conditions
            waiting += [(current, True), *((part, False) for part in below)]
        elif isinstance(current, Not):
            done.append(not done.pop())
        else:
            parts = [done.pop() for _ in current.conditions]
            done.append(all(parts) if isinstance(current, AllOf) else any(parts))
    return done[0]


@contextmanager
def little_stack(frames: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    depth, frame = 0, sys._getframe()
    while frame.f_back:
        depth, frame = depth + 1, frame.f_back
    sys.setrecursionlimit(depth + frames)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("negating", [False, True])
@pytest.mark.parametrize("depth", [20, 21, 22, 40, 500])
def test_deep(depth: int, negating: bool, select: Select, asked: Ask) -> None:
    tree = ladder([asked("age", "is", number % 7) for number in range(depth)], negating=negating)
    assert select(tree, ROWS) == [n for n, row in enumerate(ROWS) if reading(tree, row["age"])]  # type: ignore[arg-type]  # ages


def test_ladders_of_ladders(select: Select, asked: Ask) -> None:
    short = [ladder([asked("age", "is", (a * b) % 9) for a in range(25)], negating=b % 2 == 0) for b in range(25)]
    tree: Condition = short[0]
    for number, part in enumerate(short[1:]):
        tree = (AllOf if number % 2 else AnyOf)(conditions=(tree, part))
    assert select(tree, ROWS) == [n for n, row in enumerate(ROWS) if reading(tree, row["age"])]  # type: ignore[arg-type]  # ages


@pytest.mark.parametrize("branch", [AllOf, AnyOf])
@pytest.mark.parametrize("negated", [False, True])
def test_wide(branch: type[AllOf | AnyOf], negated: bool, select: Select, asked: Ask) -> None:
    wide: Condition = branch(conditions=tuple(asked("age", "is", number) for number in range(2, 502)))
    expected = range(2, 8) if branch is AnyOf else []
    others = [number for number in range(9) if number not in expected]
    assert select(Not(condition=wide) if negated else wide, ROWS) == (others if negated else [*expected])


@pytest.mark.parametrize(("outer", "inner"), [(AnyOf, AllOf), (AllOf, AnyOf)])
def test_wide_of_groups(
    outer: type[AllOf | AnyOf],
    inner: type[AllOf | AnyOf],
    fields: Mapping[str, Field],
    now: datetime,
    asked: Ask,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """The engine would compare every group with every other one, if they stood plainly beside one another."""
    groups = [inner(conditions=(asked("age", "is", n), asked("age", "is", n % 5))) for n in range(3_000)]
    tree = outer(conditions=tuple(groups))
    compiled = compile_condition(tree, fields=fields, timezone="UTC", now=now)
    table = "(VALUES (1), (4), (7000), (NULL)) people(age)"
    found = connection.execute(f"SELECT age FROM {table} WHERE {compiled.sql(dialect='duckdb')}").fetchall()
    assert found == [(age,) for age in (1, 4, 7000, None) if reading(tree, age)]


def test_ten_thousand_conditions(
    fields: Mapping[str, Field], now: datetime, asked: Ask, connection: duckdb.DuckDBPyConnection
) -> None:
    half = [asked("age", "is_not", number) for number in range(5_000)]
    tree = AllOf(
        conditions=(*half, AnyOf(conditions=tuple(asked("age", "is", number) for number in range(5_000, 10_000))))
    )
    compiled = compile_condition(tree, fields=fields, timezone="UTC", now=now)
    table = "(VALUES (1), (7000), (20000), (NULL)) people(age)"
    found = connection.execute(f"SELECT age FROM {table} WHERE {compiled.sql(dialect='duckdb')}").fetchall()
    assert found == [(7000,)]


def test_no_recursion_with_the_depth(fields: Mapping[str, Field], now: datetime, asked: Ask) -> None:
    tree = ladder([asked("age", "is", number) for number in range(3000)], negating=True)
    with little_stack(frames=300):
        assert check_condition(tree, fields=fields) == ()
        compiled = compile_condition(tree, fields=fields, timezone="UTC", now=now)
        assert isinstance(compiled.copy(), exp.Case)
        assert compiled.sql(dialect="duckdb").count("WHEN") > 1900
        assert sentence(tree, model=model_named("customers"), models={}).startswith(
            "customers whose age is 2,999, or not (whose age is 2,998 and ("
        )
        assert len(outline(tree, model=model_named("customers"), models={})) > 6000
