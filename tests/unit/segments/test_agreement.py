"""The law of the compiler: its SQL selects exactly the rows that a plain-Python reading selects.

Letters are limited to those whose lower case Python and DuckDB agree on (not İ or the final Σ), and local times
to those that a clock shows (not the hour that daylight saving skips).
"""

from __future__ import annotations

import math
import re
import struct
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from penstock.catalog.conditions import AllOf, AnyOf, Comparison, Condition, Not, Operator, Span, Unit
from penstock.errors import ConfigurationError, Location
from penstock.fields import Field, FieldType, Kind
from penstock.segments.operators import HOW_MANY, HowMany, Needs, needs, operators_for
from penstock.segments.questions import Question, read_comparison
from tests.unit.segments.engines import Engine

PARIS = ZoneInfo("Europe/Paris")
Op = Operator

# --- the plain reading -------------------------------------------------------------------------------------


def holds(condition: Condition, row: Mapping[str, Any], fields: Mapping[str, Field], now: datetime) -> bool:
    match condition:
        case AllOf():
            return all(holds(part, row, fields, now) for part in condition.conditions)
        case AnyOf():
            return any(holds(part, row, fields, now) for part in condition.conditions)
        case Not():
            return not holds(condition.condition, row, fields, now)
        case Comparison():
            return answer(condition, row[condition.field], fields[condition.field].type, now)
    raise TypeError(f"about other rows: {condition}")


NEGATIVE = {
    Op.IS_NOT: Op.IS,
    Op.IS_NONE_OF: Op.IS_ANY_OF,
    Op.DOES_NOT_CONTAIN: Op.CONTAINS,
    Op.CONTAINS_NONE: Op.CONTAINS_ANY,
    Op.IS_NOT_EMPTY: Op.IS_EMPTY,
    Op.IS_UNKNOWN: Op.IS_KNOWN,
}


def answer(asked: Comparison, value: Any, type_: FieldType, now: datetime) -> bool:
    if asked.operator in NEGATIVE:
        return not positive(asked, NEGATIVE[asked.operator], value, type_, now)
    return positive(asked, asked.operator, value, type_, now)


def positive(asked: Comparison, operator: Operator, value: Any, type_: FieldType, now: datetime) -> bool:
    if operator is Op.IS_EMPTY:
        return not value
    if value is None:
        return False
    if operator is Op.IS_KNOWN:
        return True
    if type_.kind is Kind.LIST:
        return list_holds(asked, operator, value, type_.members[0][1], now)
    if type_.kind is Kind.TEXT:
        return text_holds(operator, value, asked.operands, asked.match_case)
    if type_.kind is Kind.BOOLEAN:
        return bool(value == asked.operands[0])
    if type_.kind in {Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT}:
        return time_holds(operator, value, asked.operands, type_.kind, now)
    return number_holds(operator, value, asked.operands, type_)


def list_holds(asked: Comparison, operator: Operator, value: Any, element: FieldType, now: datetime) -> bool:
    each = [replace(asked, operands=(operand,)) for operand in asked.operands]
    found = [any(positive(one, Op.IS, item, element, now) for item in value) for one in each]
    return all(found) if operator is Op.CONTAINS_ALL else any(found)


def text_holds(operator: Operator, value: str, operands: Sequence[Any], match_case: bool) -> bool:
    if not match_case:
        value, operands = value.lower(), [operand.lower() for operand in operands]
    wanted = operands[0] if operands else ""
    match operator:
        case Op.IS_ANY_OF:
            return value in operands
        case Op.CONTAINS:
            return wanted in value
        case Op.STARTS_WITH:
            return value.startswith(wanted)
        case Op.ENDS_WITH:
            return value.endswith(wanted)
        case Op.MATCHES:
            pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
            return re.fullmatch(pattern, value, re.DOTALL) is not None
    return value == wanted


def number_holds(operator: Operator, value: Any, operands: Sequence[Any], type_: FieldType) -> bool:
    if type_.kind is Kind.FLOAT:
        numbers = [single(operand) if type_.sql == "FLOAT" else float(operand) for operand in operands]
        exact = float(value)
    else:
        exact = Decimal(value)  # type: ignore[assignment]  # compared with its like in either branch
        numbers = [Decimal(str(operand)) for operand in operands]  # type: ignore[misc]  # as above
    if math.isnan(exact):
        return False
    match operator:
        case Op.IS | Op.IS_ANY_OF:
            return exact in numbers
        case Op.LESS_THAN:
            return exact < numbers[0]
        case Op.AT_MOST:
            return exact <= numbers[0]
        case Op.GREATER_THAN:
            return exact > numbers[0]
        case Op.AT_LEAST:
            return exact >= numbers[0]
    return numbers[0] <= exact <= numbers[1]


def single(operand: Any) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", operand))[0])
    except OverflowError:
        return float(operand)


def time_holds(operator: Operator, value: Any, operands: Sequence[Any], kind: Kind, now: datetime) -> bool:
    if operator is Op.ANNIVERSARY:
        day = value.astimezone(PARIS) if kind is Kind.INSTANT else value
        return (day.month, day.day) == (10, 27)
    first = operands[0]
    if operator is Op.MORE_THAN_AGO:
        return before_span(value, first, kind, now)
    if isinstance(first, Span):
        return in_span(value, first, -1 if operator is Op.LAST else 1, kind, now)
    moments = [read(operand) for operand in operands]
    match operator:
        case Op.ON:
            return side(value, moments[0], kind) == 0
        case Op.BEFORE:
            return side(value, moments[0], kind) < 0
        case Op.AFTER:
            return side(value, moments[0], kind) > 0
    return side(value, moments[0], kind) >= 0 and side(value, moments[1], kind) <= 0


def read(operand: Any) -> date:
    if isinstance(operand, str):
        return datetime.fromisoformat(operand) if len(operand) > 10 else date.fromisoformat(operand)
    assert isinstance(operand, date)
    return operand


def side(value: Any, moment: date, kind: Kind) -> int:
    """Tell whether a value is before (-1), in (0) or after (1) a day or an instant."""
    if isinstance(moment, datetime):
        if kind is Kind.INSTANT:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
            moment = moment.astimezone(UTC)
        elif moment.tzinfo:
            moment = moment.astimezone(PARIS).replace(tzinfo=None)
    else:
        value = value.astimezone(PARIS).date() if kind is Kind.INSTANT else value
        value = value.date() if isinstance(value, datetime) else value
    return int(value > moment) - int(value < moment)


def in_span(value: Any, span: Span, direction: int, kind: Kind, now: datetime) -> bool:
    local = now.astimezone(PARIS)
    day = away(local.date(), span, direction)
    if kind is Kind.DATE:
        low, high = sorted([local.date(), day])
        return bool(low <= value <= high)
    if span.unit is Unit.HOURS:
        other = now + direction * timedelta(hours=span.count)
    else:
        other = datetime.combine(day, local.time(), PARIS).astimezone(UTC)
    start, end = sorted([now, other])
    if kind is Kind.INSTANT:
        return bool(start <= value <= end)
    if value.year in {1, 9999}:
        return False  # no generated span reaches so far, and the conversion would leave the calendar
    meanings = [value.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return any(start <= meaning <= end for meaning in meanings)


def before_span(value: Any, span: Span, kind: Kind, now: datetime) -> bool:
    local = now.astimezone(PARIS)
    day = away(local.date(), span, -1)
    if kind is Kind.DATE:
        return bool(value < day)
    start = now - timedelta(hours=span.count)
    if span.unit is not Unit.HOURS:
        start = datetime.combine(day, local.time(), PARIS).astimezone(UTC)
    if kind is Kind.INSTANT:
        return bool(value < start)
    if value.year in {1, 9999}:
        return bool(value.year == 1)
    return all(value.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) < start for fold in (0, 1))


def away(day: date, span: Span, direction: int) -> date:
    if span.unit not in {Unit.MONTHS, Unit.YEARS}:
        return day + direction * timedelta(days=span.count * (7 if span.unit is Unit.WEEKS else 1))
    for _ in range(span.count * (12 if span.unit is Unit.YEARS else 1)):
        first = day.replace(day=1)
        day = first - timedelta(days=1) if direction < 0 else first + timedelta(days=31)
        day = day.replace(day=1)
    last = monthrange(day.year, day.month)[1]
    return day.replace(day=min(27, last))  # the 27th is the day of `now`


# --- what is generated -------------------------------------------------------------------------------------

ALPHABET = "aAbBéÉßñÑżŻ漢😀 %_\\'\"*?-.\n\t$(["
WORDS = st.sampled_from(["", "a", "A", "ab", "Ab%", "a_b", "a\\b", "'", "é", "É", "%", "_", "*", "a*b"])
TEXTS = st.one_of(WORDS, st.text(ALPHABET, max_size=5))
WHOLE = st.one_of(st.integers(-3, 3), st.sampled_from([2**53 + 1, 2**53, 2**63 - 1, -(2**63), 10**40, -(10**40)]))
MONEY = st.one_of(
    st.decimals("-3", "3", places=2),
    st.sampled_from([Decimal("99999999.99"), Decimal("-99999999.99"), Decimal("0.005"), Decimal("1.10")]),
)
REAL = st.one_of(
    st.sampled_from([0.0, -0.0, 0.1, 0.5, 1.5, 1e300, -1e300, 5e-324, math.inf, -math.inf, 2.0**24 + 1]),
    st.floats(-3, 3, allow_nan=False),
)
FINITE = st.one_of(st.floats(-3, 3, allow_nan=False), st.sampled_from([0.1, 1.1, 1e20, 2.5, 1e-9]))
NUMBERS = st.one_of(WHOLE, MONEY, FINITE)
CHANGE = datetime(2024, 10, 27, 1, 0)  # noqa: DTZ001  # naive on purpose: the night the clock is put back
MINUTES = st.one_of(
    st.integers(-30, 30).map(lambda steps: timedelta(minutes=10 * steps)),
    st.integers(-120, 120).map(lambda days: timedelta(days=days)),
    st.integers(-400_000, 400_000).map(lambda minutes: timedelta(minutes=minutes)),
)
EDGES = st.sampled_from([datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)])  # noqa: DTZ001


def exists(moment: datetime) -> bool:
    aware = moment.replace(tzinfo=PARIS)
    return moment.year in {1, 9999} or aware.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) == moment


LOCAL = MINUTES.map(lambda shift: CHANGE + shift).filter(exists)
AWARE = MINUTES.map(lambda shift: (CHANGE + shift).replace(tzinfo=UTC))
DAYS = st.one_of(LOCAL.map(datetime.date), st.sampled_from([date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)]))
SPANS = st.builds(Span, count=st.integers(1, 40), unit=st.sampled_from(Unit))

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "name": TEXTS,
    "age": st.one_of(st.integers(-3, 3), st.sampled_from([2**53 + 1, 2**53, 2**63 - 1, -(2**63) + 1])),
    "spent": MONEY.map(lambda number: round(number, 2)),
    "score": st.one_of(REAL, st.just(math.nan)),
    "ratio": st.one_of(st.floats(width=32), st.sampled_from([0.1, 0.5, 1.0]).map(single)),
    "active": st.booleans(),
    "born": DAYS,
    "seen_at": st.one_of(LOCAL, EDGES),
    "paid_at": AWARE,
    "tags": st.lists(st.none() | TEXTS, max_size=3),
    "visits": st.lists(st.none() | st.integers(-3, 3), max_size=3),
}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()}), max_size=8)


def operand(needed: Needs, type_: FieldType) -> st.SearchStrategy[Any]:
    spelled = DAYS.map(date.isoformat)
    match needed:
        case Needs.TEXT:
            return TEXTS
        case Needs.PIECE:
            return TEXTS.filter(bool)
        case Needs.NUMBER:
            return st.one_of(NUMBERS, REAL) if type_.kind is Kind.FLOAT else NUMBERS
        case Needs.BOOLEAN:
            return st.booleans()
        case Needs.SPAN:
            hourless = SPANS.filter(lambda span: span.unit is not Unit.HOURS)
            return hourless if type_.kind is Kind.DATE else SPANS
        case Needs.MOMENT if type_.kind is not Kind.DATE:
            return st.one_of(DAYS, spelled, LOCAL, AWARE, LOCAL.map(lambda moment: moment.isoformat(sep=" ")))
    return st.one_of(DAYS, spelled)


@st.composite
def comparison(draw: st.DrawFn, fields: Mapping[str, Field], here: Location) -> Comparison:
    field = fields[draw(st.sampled_from(sorted(fields)))]
    operator = draw(st.sampled_from(operators_for(field.type)))
    needed = needs(operator, field.type)
    assert needed is not None
    values = operand(needed, field.type)
    sizes = {HowMany.NONE: (0, 0), HowMany.ONE: (1, 1), HowMany.TWO: (2, 2), HowMany.ANY: (0, 4)}
    least, most = sizes[HOW_MANY[operator]]
    asked = Comparison(
        field=field.name,
        operator=operator,
        operands=tuple(draw(st.lists(values, min_size=least, max_size=most))),
        match_case=draw(st.booleans()),
        location=here,
    )
    if not isinstance(read_comparison(asked, fields), Question):  # the wrong way round
        low, high = asked.operands
        return Comparison(field=field.name, operator=operator, operands=(high, low), location=here)
    return asked


def trees(leaves: st.SearchStrategy[Comparison]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves,
        lambda below: st.one_of(
            st.lists(below, max_size=4).map(lambda parts: AllOf(conditions=tuple(parts))),
            st.lists(below, max_size=4).map(lambda parts: AnyOf(conditions=tuple(parts))),
            below.map(lambda part: Not(condition=part)),
        ),
        max_leaves=10,
    )


@pytest.mark.parametrize("tallest", [20, 0], ids=["plain", "as_case"])
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sql_selects_what_the_plain_reading_selects(
    tallest: int,
    data: st.DataObject,
    fields: Mapping[str, Field],
    now: datetime,
    engine: Engine,
    select: Callable[[Condition, Sequence[Mapping[str, object]]], list[int]],
    asked: Callable[..., Comparison],
) -> None:
    here = asked("name", "is_known").location
    condition = data.draw(trees(comparison(fields, here)))
    rows = [{name: engine.held(value, fields[name].type) for name, value in row.items()} for row in data.draw(ROWS)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("penstock.segments.formula.TALLEST_PLAIN", tallest)
        try:
            found = select(condition, rows)
        except ConfigurationError as error:  # the dialect refuses what it cannot ask
            if error.code != "not_in_dialect":
                raise
            reject()
    assert found == [number for number, row in enumerate(rows) if holds(condition, row, fields, now)]


def test_midnight_belongs_to_the_day_it_starts() -> None:
    """The plain reading itself, on a case worked out by hand: noon in Paris is 10:00 in UTC in summer."""
    summer = datetime.combine(date(2024, 7, 1), time(22), UTC)
    assert side(summer, date(2024, 7, 2), Kind.INSTANT) == 0
    assert side(summer, date(2024, 7, 1), Kind.INSTANT) == 1
