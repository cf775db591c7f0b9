"""What the law is tried on: relations between the shop's tables, their rows, and conditions on related rows.

Keys come from few values, so that most rows have related rows, several of them, and some on several ways; each kind
of condition has a strategy of its own and comes as often as the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from penstock.catalog.conditions import (
    EVERYBODY,
    Aggregate,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Followed,
    Have,
    InSegment,
    Measure,
    Not,
    Operator,
    Related,
    Span,
    Sql,
    Step,
    Unit,
)
from penstock.catalog.entities import Model, Relation, Through
from penstock.fields import NUMBERS, Kind
from tests.compiling import HERE
from tests.unit.segments.shop import (
    BIGINT,
    COLUMNS,
    FIGURES,
    LINKS,
    MODELS,
    NUMBER_OPERATORS,
    TEXT,
    TIMES,
    Tables,
    models_related,
)

Models = Mapping[str, Model]
START = datetime(2024, 1, 1)  # noqa: DTZ001  # a time without a zone
NUMBER = st.sampled_from([1, 1, 1, 2, 2, 3, None])
WORD = st.sampled_from(["a", "a", "a", "a", "a", "b", "A", "", None])
MONEY = st.sampled_from([None, *map(Decimal, ("0", "0.50", "1.00", "1.25", "2.00", "-1.25"))])
HALVES = st.sampled_from([None, -1.0, 0.0, 0.5, 1.0, 2.5])
MOMENT = st.none() | st.integers(0, 12).map(lambda number: START + timedelta(hours=12 * number))
DAY = st.none() | st.integers(0, 3).map(lambda number: date(2024, 1, 1 + number))
VALUES: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "customers": {
        "shop": WORD,
        "number": NUMBER,
        "name": WORD,
        "referred_by": NUMBER,
        "score": HALVES | st.sampled_from([math.nan, None]),
    },
    "orders": {
        "shop": WORD,
        "customer": NUMBER,
        "total": MONEY,
        "weight": HALVES,
        "ordered_at": MOMENT,
        "status": WORD,
    },
    "lines": {"order_id": NUMBER, "product_id": WORD, "quantity": NUMBER},
    "products": {"name": WORD, "launched": DAY},
    "visits": {"shop": WORD, "customer": NUMBER, "seen_at": MOMENT, "page": WORD},
    "tags": {"word": WORD},
    "customer_tags": {"customer_id": NUMBER, "tag_id": NUMBER, "shop": WORD, "word": WORD},
}
SQL = {
    "name = 'a' OR id > 2": lambda row: row["name"] == "a" or row["id"] > 2,
    "coalesce(number, 0) * 2 = id": lambda row: (row["number"] or 0) * 2 == row["id"],
    "number > 1": lambda row: row["number"] is not None and row["number"] > 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Conditions on customers, and the models and rows of which they are asked."""

    models: Models
    tables: Tables
    conditions: tuple[Condition, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a shop and some conditions; most of them are a single leaf, of which nothing hides a fault."""
    models = MODELS if draw(st.booleans()) else models_related(draw(relations()))
    made = [draw(conditions(models, "customers", 2, tallest)) for tallest in (0, 0, 1, 2)]
    made.append(draw(followed(models, "customers", 1)))
    return Case(models=models, tables=draw(tables()), conditions=tuple(made))


@st.composite
def figure_cases(draw: st.DrawFn) -> Case:
    """Draw a shop and some figures of related rows, of which is yet to be said what they are compared with."""
    models = MODELS if draw(st.booleans()) else models_related(draw(relations()))
    made = tuple(draw(figures(models)) for _ in range(6))
    return Case(models=models, tables=draw(tables()), conditions=made)


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    made = {}
    for name, columns in VALUES.items():
        rows = draw(st.lists(st.fixed_dictionaries(dict(columns)), min_size=2, max_size=8))
        is_text = name not in LINKS and COLUMNS[name]["id"] is TEXT
        keys = ["a", "b", "A", "", "c", "d", "e", "f"] if is_text else range(1, 9)
        made[name] = [row if name in LINKS else {"id": key, **row} for key, row in zip(keys, rows, strict=False)]
    return made


@st.composite
def relations(draw: st.DrawFn) -> dict[str, list[Relation]]:
    """Draw relations between any of the tables, by one or two pairs of columns, or through a table."""
    made: dict[str, list[Relation]] = {}
    for model in MODELS:
        targets = draw(st.lists(st.sampled_from(sorted(MODELS)), min_size=1, max_size=3))
        made[model] = [draw(relation(model, target, f"to_{n}")) for n, target in enumerate(targets)]
    return made


@st.composite
def relation(draw: st.DrawFn, model: str, target: str, name: str) -> Relation:
    if draw(st.integers(0, 3)) == 0:
        through = Through(table=LINKS[0], on=draw(pairs(model, LINKS[0])), to=draw(pairs(LINKS[0], target)))
        return Relation(name=name, model=target, many=True, through=through, location=HERE)
    return Relation(name=name, model=target, many=draw(st.booleans()), on=draw(pairs(model, target)), location=HERE)


@st.composite
def pairs(draw: st.DrawFn, left: str, right: str) -> dict[str, str]:
    """Draw columns of one table with columns of another that can equal them."""
    equal = [
        (mine, theirs)
        for mine, type_ in COLUMNS[left].items()
        for theirs, other in COLUMNS[right].items()
        if type_ is other and type_ in {BIGINT, TEXT}
    ]
    return dict(draw(st.lists(st.sampled_from(equal), min_size=1, max_size=2)))


@st.composite
def comparisons(draw: st.DrawFn, model: str) -> Comparison:
    name, type_ = draw(st.sampled_from(sorted(COLUMNS[model].items())))
    operands: tuple[Any, ...] = ()
    if draw(st.integers(0, 4)) == 0:
        operator = draw(st.sampled_from([Operator.IS_KNOWN, Operator.IS_UNKNOWN]))
    elif type_.kind is Kind.TEXT:
        operator = draw(st.sampled_from([Operator.IS, Operator.IS_NOT]))
        operands = (draw(st.sampled_from("aaabA")),)
    elif type_.kind in NUMBERS:
        operator = draw(st.sampled_from(NUMBER_OPERATORS[:-1]))
        operands = (draw(st.integers(0, 3)),)
    else:
        operator, operands = draw(moments())
    return Comparison(field=name, operator=operator, operands=operands, location=HERE)


@st.composite
def moments(draw: st.DrawFn) -> tuple[Operator, tuple[date, ...]]:
    operator = draw(st.sampled_from([Operator.BEFORE, Operator.AFTER, Operator.ON, Operator.BETWEEN]))
    days = st.integers(0, 6).map(lambda number: date(2024, 1, 1) + timedelta(days=number))
    return operator, tuple(sorted(draw(st.lists(days, min_size=2, max_size=2))))[: 1 + (operator is Operator.BETWEEN)]


@st.composite
def measures(draw: st.DrawFn, model: str) -> Measure:
    aggregate = draw(st.sampled_from([Aggregate.COUNT, *Aggregate]))
    field = None if aggregate is Aggregate.COUNT else draw(st.sampled_from(FIGURES[model]))
    kind = Kind.INTEGER if field is None else COLUMNS[model][field].kind
    operands: tuple[Any, ...]
    if kind in {Kind.TIMESTAMP, Kind.DATE}:
        aggregate = draw(st.sampled_from([Aggregate.MINIMUM, Aggregate.MAXIMUM]))
        operator, operands = draw(moments())
    else:
        operator = draw(st.sampled_from(NUMBER_OPERATORS))
        numbers = st.integers(0, 5) if kind is Kind.INTEGER else st.sampled_from([Decimal("0.5"), 1, 2, 0, -1, 4])
        operands = tuple(sorted(draw(st.lists(numbers, min_size=2, max_size=2))))
        operands = operands if operator is Operator.BETWEEN else operands[:1]
    return Measure(aggregate=aggregate, field=field, operator=operator, operands=operands, location=HERE)


@st.composite
def figures(draw: st.DrawFn, models: Models) -> Related:
    """Draw a figure of the rows related to customers, of all or of some of them; what it is compared with is open."""
    path, target = draw(paths(models, "customers"))
    measure = replace(draw(measures(target)), operator=draw(st.sampled_from(NUMBER_OPERATORS)), operands=())
    where = EVERYBODY if draw(st.booleans()) else draw(comparisons(target))
    return Related(path=path, where=where, measure=measure, location=HERE)


def aimed(asked: Related, figures: Sequence[Any]) -> list[Related]:
    """Compare a figure with values that it has, and with just less: there a wrong one is noticed."""
    measure = asked.measure
    assert measure is not None
    made = []
    for value in figures:
        operator = measure.operator
        operands: tuple[Any, ...] = (value,)
        if isinstance(value, date):
            operator, operands = Operator.BETWEEN, (value, value)
        elif measure.aggregate is Aggregate.AVERAGE:
            close = Decimal(value.numerator) / Decimal(value.denominator)
            close = close.quantize(Decimal("0.001"))
            operator, operands = Operator.BETWEEN, (close - Decimal("0.001"), close + Decimal("0.001"))
        elif operator is Operator.BETWEEN:
            operands = (min(value, 0), max(value, 0))
        made.append(replace(asked, measure=replace(measure, operator=operator, operands=operands)))
    return made


@st.composite
def paths(draw: st.DrawFn, models: Models, model: str) -> tuple[tuple[str, ...], str]:
    names: list[str] = []
    for _ in range(draw(st.sampled_from([1, 1, 2, 2, 3]))):
        if not models[model].relations:
            break
        chosen = draw(st.sampled_from(models[model].relations))
        names.append(chosen.name)
        model = chosen.model
    return tuple(names), model


@st.composite
def related(draw: st.DrawFn, models: Models, model: str, depth: int, have: Have) -> Condition:
    path, target = draw(paths(models, model))
    where = draw(conditions(models, target, depth - 1, draw(st.integers(0, 1))))
    return Related(path=path, where=where, window=draw(windows(target)), have=have, location=HERE)


@st.composite
def measured(draw: st.DrawFn, models: Models, model: str, depth: int) -> Condition:
    path, target = draw(paths(models, model))
    where = EVERYBODY if draw(st.booleans()) else draw(conditions(models, target, depth - 1, 1))
    window, measure = draw(windows(target)), draw(measures(target))
    return Related(path=path, where=where, window=window, measure=measure, location=HERE)


@st.composite
def windows(draw: st.DrawFn, model: str) -> Comparison | None:
    if model not in TIMES or draw(st.booleans()):
        return None
    operator, operands = draw(moments())
    return Comparison(field=TIMES[model], operator=operator, operands=operands, location=HERE)


@st.composite
def followed(draw: st.DrawFn, models: Models, model: str, depth: int) -> Condition:
    """Draw two steps over relations of equal keys to models that have a time; another leaf if there are none."""
    found = [
        (one.name, other.name)
        for one in models[model].relations
        for other in models[model].relations
        if one.model in TIMES and other.model in TIMES and _own(one) == _own(other)
        if COLUMNS[one.model][TIMES[one.model]] is COLUMNS[other.model][TIMES[other.model]]
    ]
    if not found:
        return draw(related(models, model, depth, Have.ANY))
    targets = {each.name: each.model for each in models[model].relations}
    steps = [
        Step(
            path=(name,),
            where=EVERYBODY if draw(st.booleans()) else draw(conditions(models, targets[name], depth - 1, 0)),
            location=HERE,
        )
        for name in draw(st.sampled_from(found))
    ]
    has_hours = COLUMNS[targets[steps[0].path[0]]][TIMES[targets[steps[0].path[0]]]].kind is not Kind.DATE
    spans = [Span(count=count, unit=Unit.HOURS) for count in (11, 12, 24, 36)] if has_hours else []
    spans += [Span(count=count, unit=Unit.DAYS) for count in (1, 2, 3)]
    span = draw(st.none() | st.sampled_from([*spans, Span(count=1, unit=Unit.WEEKS)]))
    return Followed(first=steps[0], then=steps[1], within=span, location=HERE)


def _own(relation: Relation) -> tuple[str, ...]:
    return tuple(relation.on if relation.through is None else relation.through.on)


@st.composite
def leaf(draw: st.DrawFn, models: Models, model: str, depth: int) -> Condition:
    """Draw a condition that is no group: of a kind as likely as each other kind."""
    if depth == 0 or not models[model].relations:
        return draw(comparisons(model))
    match draw(st.integers(0, 8 if model == "customers" else 5)):
        case 0:
            return draw(comparisons(model))
        case 1 | 2:
            return draw(measured(models, model, depth))
        case 3 | 4 | 5 as which:
            return draw(related(models, model, depth, list(Have)[which - 3]))
        case 6:
            return draw(followed(models, model, depth))
        case 7:
            return InSegment(segment=draw(st.sampled_from(["named", "ordering", "first_two"])), location=HERE)
    return Sql(sql=draw(st.sampled_from(sorted(SQL))), location=HERE)


@st.composite
def conditions(draw: st.DrawFn, models: Models, model: str, depth: int, tallest: int = 2) -> Condition:
    """Draw a tree of a few leaves."""
    shape = draw(st.integers(0, 4)) if tallest else 0
    if shape < 2:
        return draw(leaf(models, model, depth))
    if shape == 2:
        return Not(condition=draw(conditions(models, model, depth, tallest - 1)))
    parts = tuple(draw(conditions(models, model, depth, tallest - 1)) for _ in range(draw(st.integers(1, 3))))
    return AllOf(conditions=parts) if shape == 3 else AnyOf(conditions=parts)
