"""Every operator on every kind it is offered for, asked of rows chosen by hand, through DuckDB."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not, Span, Unit
from penstock.errors import ConfigurationError
from penstock.fields import Field, FieldType, Kind
from penstock.segments.operators import OFFERED
from tests.compiling import compile_condition
from tests.unit.segments.conftest import TYPES
from tests.unit.segments.engines import Engine

Select = Callable[[Condition, Sequence[Mapping[str, object]]], list[int]]
Ask = Callable[..., Comparison]

NAMES = ["Ana", "ana", "ANÄ_%", "", None, "b'a\\", "Anabel"]
AGES = [1, 5, 2**53 + 1, None]
SCORES = [-math.inf, 0.1, 5.0, math.inf, math.nan, None]
BORN = [date(2024, 9, 27), date(2024, 10, 20), date(2024, 10, 27), date(2024, 10, 28), date(9999, 12, 31), None]
SEEN = [
    datetime(2024, 10, 26, 0, 0),  # noqa: DTZ001  # local times are naive
    datetime(2024, 10, 26, 23, 59, 59, 999999),  # noqa: DTZ001
    datetime(2024, 10, 27, 0, 0),  # noqa: DTZ001
    datetime(2024, 10, 27, 2, 50),  # noqa: DTZ001
    datetime(2024, 10, 27, 3, 0),  # noqa: DTZ001
    None,
]
PAID = [
    datetime(2024, 10, 25, 22, 0, tzinfo=UTC),  # midnight in Paris
    datetime(2024, 10, 26, 21, 59, tzinfo=UTC),
    datetime(2024, 10, 26, 22, 0, tzinfo=UTC),
    datetime(2024, 10, 27, 1, 20, tzinfo=UTC),
    datetime(2024, 10, 27, 23, 0, tzinfo=UTC),
    None,
]
COLUMNS: Mapping[str, Sequence[object]] = {
    "name": NAMES,
    "age": AGES,
    "spent": [Decimal("1.10"), Decimal("5.00"), Decimal("-1.00"), None],
    "score": SCORES,
    "ratio": [0.1, 0.5, None],
    "active": [True, False, None],
    "born": BORN,
    "seen_at": SEEN,
    "paid_at": PAID,
    "tags": [["VIP", None], [], None, ["vip"], [None]],
    "visits": [[1, 2], [3], None],
}

CASES: list[tuple[str, str, tuple[Any, ...], list[int]]] = [
    ("name", "is", ("ANA",), [0, 1]),
    ("name", "is", ("",), [3]),
    ("name", "is_not", ("ana",), [2, 3, 4, 5, 6]),
    ("name", "is_any_of", ("ana", "B'A\\"), [0, 1, 5]),
    ("name", "is_any_of", (), []),
    ("name", "is_none_of", ("ana", "anabel"), [2, 3, 4, 5]),
    ("name", "is_none_of", (), [0, 1, 2, 3, 4, 5, 6]),
    ("name", "contains", ("NA",), [0, 1, 6]),
    ("name", "contains", ("_%",), [2]),
    ("name", "does_not_contain", ("a",), [3, 4]),
    ("name", "starts_with", ("anä",), [2]),
    ("name", "starts_with", ("Anabel Lee",), []),
    ("name", "ends_with", ("a\\",), [5]),
    ("name", "ends_with", ("%",), [2]),
    ("name", "matches", ("an?",), [0, 1]),
    ("name", "matches", ("an*",), [0, 1, 2, 6]),
    ("name", "matches", ("*_%",), [2]),
    ("name", "matches", ("*\\",), [5]),
    ("name", "is_empty", (), [3, 4]),
    ("name", "is_not_empty", (), [0, 1, 2, 5, 6]),
    ("name", "is_known", (), [0, 1, 2, 3, 5, 6]),
    ("name", "is_unknown", (), [4]),
    ("age", "is", (5,), [1]),
    ("age", "is", (Decimal("5.0"),), [1]),
    ("age", "is", (5.5,), []),
    ("age", "is", (2**53,), []),
    ("age", "is", (float(2**53),), []),
    ("age", "is_not", (5,), [0, 2, 3]),
    ("age", "is_any_of", (1, 5, 10**50), [0, 1]),
    ("age", "is_none_of", (1, 10**50), [1, 2, 3]),
    ("age", "less_than", (4.5,), [0]),
    ("age", "less_than", (10**50,), [0, 1, 2]),
    ("age", "at_most", (5,), [0, 1]),
    ("age", "greater_than", (Decimal("4.99"),), [1, 2]),
    ("age", "greater_than", (-(10**50),), [0, 1, 2]),
    ("age", "at_least", (5,), [1, 2]),
    ("age", "between", (1, 5), [0, 1]),
    ("spent", "is", (1.1,), [0]),
    ("spent", "at_least", (Decimal("1.101"),), [1]),
    ("spent", "less_than", (Decimal("1.101"),), [0, 2]),
    ("spent", "between", (-1, Decimal("4.999")), [0, 2]),
    ("spent", "less_than", (10**12,), [0, 1, 2]),
    ("spent", "is_none_of", (Decimal("1.1"), Decimal("5.001")), [1, 2, 3]),
    ("score", "is", (Decimal("0.1"),), [1]),
    ("score", "is_not", (5,), [0, 1, 3, 4, 5]),
    ("score", "greater_than", (1,), [2, 3]),
    ("score", "at_least", (math.inf,), [3]),
    ("score", "less_than", (1,), [0, 1]),
    ("score", "at_most", (math.inf,), [0, 1, 2, 3]),
    ("score", "between", (0, math.inf), [1, 2, 3]),
    ("score", "is_any_of", (0.1, 5), [1, 2]),
    ("score", "less_than", (10**400,), [0, 1, 2]),
    ("score", "is_known", (), [0, 1, 2, 3, 4]),
    ("ratio", "is", (0.1,), [0]),
    ("ratio", "at_most", (1e300,), [0, 1]),
    ("active", "is", (True,), [0]),
    ("active", "is", (False,), [1]),
    ("active", "is_not", (True,), [1, 2]),
    ("active", "is_unknown", (), [2]),
    ("born", "on", ("2024-10-27",), [2]),
    ("born", "on", (date.max,), [4]),
    ("born", "before", (date(2024, 10, 20),), [0]),
    ("born", "after", (date(2024, 10, 27),), [3, 4]),
    ("born", "between", ("2024-10-20", "2024-10-28"), [1, 2, 3]),
    ("born", "last", (Span(count=1, unit=Unit.WEEKS),), [1, 2]),
    ("born", "last", (Span(count=1, unit=Unit.MONTHS),), [0, 1, 2]),
    ("born", "next", (Span(count=1, unit=Unit.DAYS),), [2, 3]),
    ("born", "last", (Span(count=10**9, unit=Unit.MONTHS),), [0, 1, 2]),
    ("born", "more_than_ago", (Span(count=1, unit=Unit.WEEKS),), [0]),
    ("born", "more_than_ago", (Span(count=1, unit=Unit.DAYS),), [0, 1]),
    ("born", "anniversary", (), [2]),
    ("seen_at", "on", ("2024-10-26",), [0, 1]),
    ("seen_at", "before", ("2024-10-27",), [0, 1]),
    ("seen_at", "after", ("2024-10-26",), [2, 3, 4]),
    ("seen_at", "after", ("2024-10-27 02:50",), [4]),
    ("seen_at", "before", ("2024-10-27T00:00:00Z",), [0, 1, 2]),
    ("seen_at", "between", ("2024-10-26", "2024-10-26"), [0, 1]),
    ("seen_at", "last", (Span(count=1, unit=Unit.HOURS),), [3]),
    ("seen_at", "next", (Span(count=1, unit=Unit.HOURS),), [3, 4]),
    ("seen_at", "last", (Span(count=1, unit=Unit.DAYS),), [1, 2, 3]),
    ("paid_at", "on", ("2024-10-26",), [0, 1]),
    ("paid_at", "on", ("2024-10-27",), [2, 3]),
    ("paid_at", "before", ("2024-10-27",), [0, 1]),
    ("paid_at", "after", (datetime(2024, 10, 27, 0, 0),), [3, 4]),  # noqa: DTZ001  # local
    ("paid_at", "after", ("2024-10-27 01:19+00:00",), [3, 4]),
    ("paid_at", "between", ("2024-10-26", "2024-10-27 00:00"), [0, 1, 2]),
    ("paid_at", "last", (Span(count=24, unit=Unit.HOURS),), [1, 2, 3]),
    ("paid_at", "last", (Span(count=10**12, unit=Unit.HOURS),), [0, 1, 2, 3]),
    ("paid_at", "next", (Span(count=1, unit=Unit.DAYS),), [3, 4]),
    ("seen_at", "more_than_ago", (Span(count=1, unit=Unit.HOURS),), [0, 1, 2]),
    ("seen_at", "anniversary", (), [2, 3, 4]),
    ("paid_at", "more_than_ago", (Span(count=1, unit=Unit.DAYS),), [0]),
    ("paid_at", "anniversary", (), [2, 3]),
    ("tags", "contains", ("vip",), [0, 3]),
    ("tags", "does_not_contain", ("Vip",), [1, 2, 4]),
    ("tags", "is_empty", (), [1, 2]),
    ("tags", "is_not_empty", (), [0, 3, 4]),
    ("tags", "contains_any", ("x", "Vip"), [0, 3]),
    ("tags", "contains_any", (), []),
    ("tags", "contains_all", ("vip", "VIP"), [0, 3]),
    ("tags", "contains_all", (), [0, 1, 3, 4]),
    ("tags", "contains_none", ("vip", "x"), [1, 2, 4]),
    ("visits", "contains", (Decimal(3),), [1]),
    ("visits", "contains_any", (3, 9), [1]),
    ("visits", "contains_all", (2, 1), [0]),
    ("visits", "contains_none", (1,), [1, 2]),
    ("visits", "is_unknown", (), [2]),
]


@pytest.mark.parametrize(("field", "operator", "operands", "expected"), CASES)
def test_operator(
    field: str,
    operator: str,
    operands: tuple[Any, ...],
    expected: list[int],
    select: Select,
    asked: Ask,
    engine: Engine,
) -> None:
    condition = asked(field, operator, *operands)
    if (engine.dialect, field, operator) == ("sqlite", "paid_at", "anniversary"):
        with pytest.raises(ConfigurationError, match="SQLite knows no time zones"):
            select(condition, [])
        return
    values = enumerate(COLUMNS[field])
    held = [number for number, value in values if engine.held(value, TYPES[field]) is value]
    rows = [{field: COLUMNS[field][number]} for number in held]
    assert [held[found] for found in select(condition, rows)] == [number for number in expected if number in held]
    others = [number for number in held if number not in expected]
    assert [held[found] for found in select(Not(condition=condition), rows)] == others


def test_every_operator_has_a_case() -> None:
    assert {operator for _, operator, _, _ in CASES} == {operator.value for operator in OFFERED}


@pytest.mark.parametrize(
    ("operator", "text", "expected"),
    [("is", "Ana", [0]), ("contains", "na", [0, 1, 6]), ("matches", "A*", [0, 2, 6]), ("starts_with", "a", [1])],
)
def test_match_case(operator: str, text: str, expected: list[int], select: Select, asked: Ask) -> None:
    rows = [{"name": value} for value in NAMES]
    assert select(asked("name", operator, text, match_case=True), rows) == expected


def test_days_keep_the_time_of_day_and_hours_are_exact(select: Select, asked: Ask) -> None:
    """A day that has 25 hours: now is 01:20 UTC, the same time of day yesterday was 00:20 UTC."""
    rows = [
        {"paid_at": datetime(2024, 10, 26, hour, minute, tzinfo=UTC)} for hour, minute in [(0, 19), (0, 20), (1, 20)]
    ]
    assert select(asked("paid_at", "last", Span(count=1, unit=Unit.DAYS)), rows) == [1, 2]
    assert select(asked("paid_at", "last", Span(count=24, unit=Unit.HOURS)), rows) == [2]


def test_a_month_ends_where_the_shorter_month_does(fields: Mapping[str, Field], asked: Ask) -> None:
    condition = asked("born", "last", Span(count=1, unit=Unit.MONTHS))
    found = compile_condition(
        condition, fields=fields, timezone="America/New_York", now=datetime(2024, 3, 31, 12, tzinfo=UTC)
    )
    assert "CAST('2024-02-29' AS DATE)" in found.sql(dialect="duckdb")


def test_nobody_and_everybody(select: Select) -> None:
    rows: list[dict[str, object]] = [{}, {}]
    assert select(AllOf(conditions=()), rows) == [0, 1]
    assert select(AnyOf(conditions=()), rows) == []
    assert select(Not(condition=AnyOf(conditions=())), rows) == [0, 1]


@pytest.mark.parametrize("sql", ["UUID", "TIME", "ENUM('Ab', 'c')"])
def test_text_that_is_stored_as_something_else(sql: str, asked: Ask, connection: duckdb.DuckDBPyConnection) -> None:
    value = {"UUID": "0a000000-0000-0000-0000-000000000000", "TIME": "10:00:00"}.get(sql, "Ab")
    field = Field(name="code", type=FieldType(kind=Kind.TEXT, sql=sql))
    conditions = (
        asked("code", "is", value.upper()),
        asked("code", "is_none_of", "x", "y"),
        asked("code", "starts_with", value[:2].lower()),
        asked("code", "is_not_empty"),
    )
    compiled = compile_condition(
        AllOf(conditions=conditions), fields={"code": field}, timezone="UTC", now=datetime(2024, 1, 1, tzinfo=UTC)
    )
    people = f"(SELECT CAST('{value}' AS {sql}) AS code) AS people"
    query = f"SELECT count(*) FROM {people} WHERE {compiled.sql(dialect='duckdb')}"
    assert connection.execute(query).fetchall() == [(1,)]


def test_names_are_quoted(asked: Ask, connection: duckdb.DuckDBPyConnection) -> None:
    name = 'or "1"=1; --'
    field = Field(name=name, type=FieldType(kind=Kind.INTEGER, sql="BIGINT"))
    compiled = compile_condition(
        asked(name, "is", 1), fields={name: field}, timezone="UTC", now=datetime(2024, 1, 1, tzinfo=UTC)
    )
    connection.execute('CREATE OR REPLACE TABLE odd ("or ""1""=1; --" BIGINT)')
    assert connection.execute(f"FROM odd AS people WHERE {compiled.sql(dialect='duckdb')}").fetchall() == []


def test_a_bad_tree_is_refused_with_everything_wrong_in_it(fields: Mapping[str, Field], asked: Ask) -> None:
    tree = AnyOf(conditions=(asked("nmae", "is", "x"), Not(condition=asked("age", "contains", "x"))))
    with pytest.raises(ConfigurationError) as caught:
        compile_condition(tree, fields=fields, timezone="UTC", now=datetime(2024, 1, 1, tzinfo=UTC))
    assert [problem.code for problem in caught.value.problems] == ["unknown_field", "operator_not_available"]


def test_an_unknown_time_zone_is_refused(fields: Mapping[str, Field], asked: Ask) -> None:
    with pytest.raises(ConfigurationError, match="no time zone 'Europe/Pairs'"):
        compile_condition(
            asked("age", "is", 1), fields=fields, timezone="Europe/Pairs", now=datetime(2024, 1, 1, tzinfo=UTC)
        )
