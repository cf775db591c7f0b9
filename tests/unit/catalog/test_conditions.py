"""A segment's conditions: the grammar, its refusals, and a tree that survives being written and read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from penstock.catalog.conditions import (
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
from penstock.catalog.loading import load_catalog
from penstock.catalog.operators import CASE_MATTERS_TO, OPERATORS, Takes
from penstock.catalog.related_reading import MEASURING
from penstock.errors import Location

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project


def _comparison(project: Project, text: str) -> Comparison:
    where = project.where(text).catalog().segments["chosen"].where
    assert isinstance(where, Comparison)
    return where


@pytest.mark.parametrize(
    ("text", "operands"),
    [
        ("is: France", ("France",)),
        ("is: ''", ("",)),
        ("is: true", (True,)),
        ("is_not: 5", (5,)),
        ("is_any_of: [pro, 5, 2024-01-31]", ("pro", 5, date(2024, 1, 31))),
        ("greater_than: 19.99", (Decimal("19.99"),)),
        ("at_most: 1e3", (1000.0,)),
        ("between: [1, 2.5]", (1, Decimal("2.5"))),
        ("between: [2024-01-01, 2024-01-01]", (date(2024, 1, 1), date(2024, 1, 1))),
        ("between: [2024-01-01, '2024-02-01']", (date(2024, 1, 1), date(2024, 2, 1))),
        ("is_unknown: true", ()),
        ("on: 2024-01-31", (date(2024, 1, 31),)),
        ("before: 2024-01-31 18:30", (datetime(2024, 1, 31, 18, 30),)),  # noqa: DTZ001 - no zone is written
        ("after: '2024-01-31T18:30:00Z'", (datetime(2024, 1, 31, 18, 30, tzinfo=UTC),)),
        ("last: 30 days", (Span(count=30, unit=Unit.DAYS),)),
        ("last: 1 month", (Span(count=1, unit=Unit.MONTHS),)),
        ("next: 12hours", (Span(count=12, unit=Unit.HOURS),)),
        ("matches: 'A-*'", ("A-*",)),
    ],
)
def test_operands(project: Project, text: str, operands: tuple[object, ...]) -> None:
    found = _comparison(project, f"field: f\n{text}").operands
    assert found == operands
    assert [type(operand) for operand in found] == [type(operand) for operand in operands]


def test_nesting_and_places(project: Project) -> None:
    where = project.where(
        """\
        all:
          - {field: a, is: x, match_case: true}
          - any: []
          - not:
              field: b
              is_known: true
        """
    )
    file = Path("penstock.yaml")
    assert where.catalog().segments["chosen"].where == AllOf(
        conditions=(
            Comparison(
                field="a",
                operator=Operator.IS,
                operands=("x",),
                match_case=True,
                location=Location(file=file, line=10),
            ),
            AnyOf(conditions=()),
            Not(condition=Comparison(field="b", operator=Operator.IS_KNOWN, location=Location(file=file, line=13))),
        )
    )


@pytest.mark.parametrize(
    ("text", "code", "message", "fix"),
    [
        ("{field: f, is: null}", "bad_operand", "there is nothing", "To ask for no value, use `is_unknown: true`"),
        ("{field: f, is_not: }", "bad_operand", "there is nothing", "To ask for no value, use `is_known: true`"),
        ("{field: f, is: [a]}", "bad_operand", "here it is a list", "Use `is_any_of` for a list."),
        ("{field: f, is: {a: b}}", "bad_operand", "not a mapping", ""),
        ("{field: f, is: .nan}", "bad_operand", "a finite number", ""),
        ("{field: f, is_any_of: []}", "bad_operand", "at least one value", "Add the values"),
        ("{field: f, is_any_of: a}", "bad_operand", "here it is text", "Write it as in `is_any_of: [pro, team]`."),
        ("{field: f, is_none_of: [a, ~]}", "bad_operand", "there is nothing", "To ask for no value, use `is_known"),
        ("{field: f, between: [1]}", "bad_operand", "a list of 1", "Write it as in `between: [10, 20]`."),
        ("{field: f, between: [3, 1]}", "bad_operand", "the lower one first", "Swap them: `[1, 3]`."),
        ("{field: f, between: [1, 2024-01-01]}", "bad_operand", "two numbers or two dates", ""),
        ("{field: f, between: [a, b]}", "bad_operand", "`a` is none", ""),
        ("{field: f, last: 3 fortnights}", "bad_operand", "`3 fortnights` is none", "Allowed here: `hours`"),
        ("{field: f, last: 3 dais}", "bad_operand", "`3 dais` is none", "Did you mean `days`?"),
        ("{field: f, last: 0 days}", "bad_operand", "`0 days` is none", "Write a number and hours"),
        ("{field: f, next: 30}", "bad_operand", "`30` is none", "Write a number and hours"),
        ("{field: f, is_empty: false}", "bad_operand", "here it is `false`", "Use `is_not_empty: true`."),
        ("{field: f, is_known: false}", "bad_operand", "here it is `false`", "Use `is_unknown: true`."),
        ("{field: f, is_known: yes}", "bad_operand", "here it is text", "Write `is_known: true`."),
        ("{field: f, starts_with: 5}", "bad_operand", "here it is a number", 'Put it in quotes: `"5"`.'),
        ("{field: f, less_than: '5'}", "bad_operand", "here it is text", "Write the number without quotes."),
        ("{field: f, at_least: true}", "bad_operand", "here it is a yes/no value", "Use `is: true`."),
        ("{field: f, on: 2024-02-30}", "bad_operand", "`2024-02-30` is none", "Write it as year-month-day"),
        ("{field: f, after: 5}", "bad_operand", "`5` is none", "Write it as year-month-day"),
        ("{field: f}", "bad_condition", "the condition on `f` has no operator", "Add one of `is`"),
        ("{is: 5}", "bad_condition", "a condition has no `field`", "Add it, as in `field: country`."),
        ("{field: 5, is: 5}", "wrong_type", "must be the name of a field", ""),
        ("{field: f, is: 1, is_not: 2}", "bad_condition", "two operators, `is` and `is_not`", "Make two"),
        ("{field: f, equals: 1}", "unknown_key", "no key `equals`", "Did you mean `is`?"),
        ("{field: f, contans: a}", "unknown_key", "no key `contans`", "Did you mean `contains`?"),
        ("{field: f, '>=': 1}", "unknown_key", "no key `>=`", "Did you mean `at_least`?"),
        ("{field: f, last: 1 day, match_case: true}", "bad_condition", "`match_case` stands beside `last`", ""),
        ("{field: f, is: a, match_case: 1}", "wrong_type", "must be `true` or `false`", ""),
        (
            "{segment: churned}",
            "unknown_segment",
            "segment `churned`, which does not exist",
            "Allowed here",
        ),
        ("{segment: [a]}", "wrong_type", "must be the name of a segment", ""),
        ("{segment: chosen, match_case: true}", "bad_condition", "`match_case` stands beside `segment`", "Give each"),
        ("{sql: }", "wrong_type", "must be an expression in SQL", ""),
        ("{related: }", "wrong_type", "must be the name of a relation", ""),
        ("{related: a..b}", "bad_condition", "`related: a..b` is no path", "Write it as in `related: orders.lines`."),
        ("{related: a, is: 5}", "bad_condition", "`is` stands beside `related`", "Give each a list entry"),
        ("{related: a, have: some}", "unknown_choice", "cannot be `some`", "Allowed here: `any`"),
        ("{related: a, have: any, count: {is: 1}}", "bad_condition", "`have` stands beside `count`", "Keep one"),
        (
            "{related: a, count: 3}",
            "bad_condition",
            "`count` takes a mapping",
            "Write it as in `count:",
        ),
        ("{related: a, count: {}}", "bad_condition", "`count` takes one operator", "Use one of `is`"),
        ("{related: a, count: {contains: 1}}", "bad_condition", "`count` has no key `contains`", "Allowed here"),
        ("{related: a, sum: {at_least: 1}}", "bad_condition", "`sum` does not say of which field", "Add it, as in"),
        ("{related: a, sum: {of: b, at_least: x}}", "bad_operand", "here it is text", "Write the number"),
        ("{related: a, sum: {of: b, is: 1}, count: {is: 1}}", "bad_condition", "stand in one condition", "Give each"),
        ("{related: a, within: 30 days}", "bad_condition", "`within` takes a time field", "Write it as in `within:"),
        ("{related: a, within: {field: b}}", "bad_condition", "the condition on `b` has no operator", "Add one of"),
        ("{related: a, where: 5}", "bad_condition", "here it is a number", "A condition is"),
        ("{did: a}", "bad_condition", "a condition with `did` has no `then`", "Add it, as in `then: {did: orders}`"),
        ("{did: a, then: b}", "bad_condition", "`then` takes a mapping with `did`", "Write it as in"),
        ("{did: a, then: {did: b}, within: soon}", "bad_operand", "`soon` is none", "Write a number and hours"),
        ("{all: [], any: []}", "bad_condition", "`any` stands beside `all`", "Give each a list entry"),
        ("{field: f, is: 1, all: []}", "bad_condition", "`field` stands beside `all`", ""),
        ("{all: {field: f, is: 1}}", "bad_condition", "`all` takes a list", "Start each condition with `- `."),
        ("{not: [{field: f, is: 1}]}", "bad_condition", "`not` takes one condition", ""),
        ("{not: }", "bad_condition", "here it is nothing", "A condition is `all:`"),
        ("{all: [a]}", "bad_condition", "here it is text", ""),
        ("{and: [{field: f, is: 1}]}", "unknown_key", "no key `and`", "Did you mean `all`?"),
        ("{or: [{field: f, is: 1}]}", "unknown_key", "no key `or`", "Did you mean `any`?"),
        ("{}", "bad_condition", "a condition is empty", "A condition is `all:`"),
        ("[{field: f, is: 1}]", "bad_condition", "here it is a list", "Write `all:` or `any:` in front"),
    ],
)
def test_refusals(project: Project, text: str, code: str, message: str, fix: str) -> None:
    problem = project.where(text).refusals()[0]
    assert (problem.code, problem.location and problem.location.line) == (code, 9)
    assert "egment `chosen`" in problem.message
    assert message in problem.message
    assert problem.fix.startswith(fix)


def test_depth_has_a_bound_and_no_stack(project: Project) -> None:
    def nested(levels: int) -> str:
        return "{not: " * (levels - 1) + "{field: f, is: 1}" + "}" * (levels - 1)

    condition: Condition = project.where(nested(500)).catalog().segments["chosen"].where
    for _ in range(499):
        assert isinstance(condition, Not)
        condition = condition.condition
    assert isinstance(condition, Comparison)
    assert "more than 500 deep" in project.where(nested(501)).refusal().message


def test_ten_thousand_conditions(project: Project) -> None:
    where = project.where("any:\n" + "".join(f"  - {{field: f, is: v{i}}}\n" for i in range(10_000)))
    found = where.catalog().segments["chosen"].where
    assert isinstance(found, AnyOf)
    assert len(found.conditions) == 10_000


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
DATES = st.dates(min_value=date(1000, 1, 1)) | st.datetimes(
    min_value=datetime(1000, 1, 1),  # noqa: DTZ001 - written without a zone
    timezones=st.sampled_from([None, UTC]),
)
HERE = Location(file=Path("a.yaml"), line=1)


def _comparisons() -> st.SearchStrategy[Comparison]:
    pairs = st.tuples(st.integers(0, 9), st.integers(10, 99))
    spans = st.builds(Span, count=st.integers(1, 999), unit=st.sampled_from(Unit))
    operands: dict[Takes, st.SearchStrategy[tuple[object, ...]]] = {
        Takes.VALUE: st.tuples(WORDS | NUMBERS | st.booleans() | DATES),
        Takes.VALUES: st.lists(WORDS | NUMBERS | DATES, min_size=1, max_size=4).map(tuple),
        Takes.TEXT: st.tuples(WORDS),
        Takes.PART: st.tuples(WORDS),
        Takes.ORDERED: st.tuples(NUMBERS | DATES),
        Takes.PAIR: pairs,
        Takes.MOMENT: st.tuples(DATES),
        Takes.SPAN: st.tuples(spans),
        Takes.TRUE: st.just(()),
    }
    return st.sampled_from(Operator).flatmap(
        lambda operator: st.builds(
            Comparison,
            field=WORDS,
            operator=st.just(operator),
            operands=operands[OPERATORS[operator].takes],
            match_case=st.booleans() if operator in CASE_MATTERS_TO else st.just(False),
            location=st.just(HERE),
        )
    )


NAMES = st.lists(st.sampled_from(["orders", "lines", "a b", "ü"]), min_size=1, max_size=3).map(tuple)


@st.composite
def _measures(draw: st.DrawFn) -> Measure:
    aggregate = draw(st.sampled_from(Aggregate))
    asked = draw(_comparisons().filter(lambda comparison: comparison.operator in MEASURING))
    return Measure(
        aggregate=aggregate,
        field=None if aggregate is Aggregate.COUNT else asked.field,
        operator=asked.operator,
        operands=asked.operands,
        location=HERE,
    )


def _related(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    windows = st.none() | _comparisons()
    return st.one_of(
        st.builds(
            Related, path=NAMES, where=below, window=windows, have=st.sampled_from(Have), location=st.just(HERE)
        ),
        st.builds(Related, path=NAMES, where=below, window=windows, measure=_measures(), location=st.just(HERE)),
    )


def _followed(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    steps = st.builds(Step, path=NAMES, where=below, location=st.just(HERE))
    spans = st.none() | st.builds(Span, count=st.integers(1, 999), unit=st.sampled_from(Unit))
    return st.builds(Followed, first=steps, then=steps, within=spans, location=st.just(HERE))


def _trees() -> st.SearchStrategy[Condition]:
    return st.recursive(
        st.one_of(
            _comparisons(),
            st.builds(InSegment, segment=st.just("other"), location=st.just(HERE)),
            st.builds(Sql, sql=WORDS, location=st.just(HERE)),
        ),
        lambda below: st.one_of(
            _related(below),
            _followed(below),
            st.builds(AllOf, conditions=st.lists(below, max_size=4).map(tuple)),
            st.builds(AnyOf, conditions=st.lists(below, max_size=4).map(tuple)),
            st.builds(Not, condition=below),
        ),
        max_leaves=12,
    )


def _written(condition: Condition) -> dict[str, object]:
    match condition:
        case AllOf(conditions=conditions):
            return {"all": [_written(part) for part in conditions]}
        case AnyOf(conditions=conditions):
            return {"any": [_written(part) for part in conditions]}
        case Not(condition=inner):
            return {"not": _written(inner)}
        case Comparison():
            written: dict[str, object] = {"field": condition.field}
            written[condition.operator.value] = _operand(condition.operator, condition.operands)
            return {**written, "match_case": True} if condition.match_case else written
        case Related():
            return _written_related(condition)
        case Followed():
            written = {"did": list(condition.first.path), "where": _written(condition.first.where)}
            written["then"] = {"did": list(condition.then.path), "where": _written(condition.then.where)}
            within = condition.within
            return written if within is None else {**written, "within": f"{within.count} {within.unit}"}
        case InSegment():
            return {"segment": condition.segment}
        case Sql():
            return {"sql": condition.sql}


def _written_related(related: Related) -> dict[str, object]:
    written: dict[str, object] = {"related": list(related.path), "where": _written(related.where)}
    if related.window is not None:
        written["within"] = _written(related.window)
    measure = related.measure
    if measure is None:
        return {**written, "have": related.have.value}
    of = {} if measure.field is None else {"of": measure.field}
    written[measure.aggregate.value] = {**of, measure.operator.value: _operand(measure.operator, measure.operands)}
    return written


def _operand(operator: Operator, given: Sequence[object]) -> object:
    operands = [f"{o.count} {o.unit}" if isinstance(o, Span) else o for o in given]
    takes = OPERATORS[operator].takes
    if takes is Takes.TRUE:
        return True
    return operands if takes in (Takes.VALUES, Takes.PAIR) else operands[0]


def _without_places(condition: Condition) -> Condition:
    match condition:
        case AllOf(conditions=conditions):
            return AllOf(conditions=tuple(_without_places(part) for part in conditions))
        case AnyOf(conditions=conditions):
            return AnyOf(conditions=tuple(_without_places(part) for part in conditions))
        case Not(condition=inner):
            return Not(condition=_without_places(inner))
        case Comparison():
            return Comparison(
                field=condition.field,
                operator=condition.operator,
                operands=_plain(condition.operands),
                match_case=condition.match_case,
                location=HERE,
            )
        case Related():
            window, measure = condition.window, condition.measure
            return replace(
                condition,
                where=_without_places(condition.where),
                window=None if window is None else _without_places(window),  # type: ignore[arg-type]  # one as well
                measure=None
                if measure is None
                else replace(measure, operands=_plain(measure.operands), location=HERE),
                location=HERE,
            )
        case Followed():
            first, then = (
                replace(step, where=_without_places(step.where), location=HERE)
                for step in (condition.first, condition.then)
            )
            return replace(condition, first=first, then=then, location=HERE)
        case InSegment() | Sql():
            return replace(condition, location=HERE)


def _plain(operands: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(float(o) if isinstance(o, Decimal) else o for o in operands)


@settings(max_examples=200, deadline=None)
@given(tree=_trees())
def test_a_tree_survives_yaml_and_back(tree: Condition) -> None:
    project = {
        "sources": [{"name": "s", "type": "files", "path": "x"}],
        "models": [{"name": "m", "source": "s", "table": "t", "primary_key": "id"}],
        "segments": [{"name": "chosen", "model": "m", "where": _written(tree)}, {"name": "other", "model": "m"}],
    }
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.dump(project, text)
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.yaml").write_text(text.getvalue(), encoding="utf-8")
        catalog, _ = load_catalog(Path(folder), destination_types={}, environment={})
    assert _without_places(catalog.segments["chosen"].where) == tree


@pytest.mark.parametrize("operator", ["contains", "does_not_contain", "starts_with", "is"])
def test_case_may_matter_to_text(operator: str) -> None:
    assert operator in {each.value for each in CASE_MATTERS_TO}
