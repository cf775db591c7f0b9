"""Fields that take only their options: any other value is not sent, and the report says which was probably meant."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.plan.plan import Unsendable
from penstock.runs.findings import plan_reasons
from tests.unit.ledger.bench import Attribute, Bench

OPTIONS = ("pro", "it's", "team plan")
ANA = {"id": 1, "email": "a@x.fr", "whole": 1}


@pytest.fixture
def choosy(bench: Bench) -> Bench:
    """An activation with a field of one option and one of several."""
    bench.attributes = (
        Attribute("plan", "text", options=OPTIONS),
        Attribute("tags", "tags", options=OPTIONS),
        Attribute("size", "whole"),
    )
    return bench


@pytest.mark.parametrize("column", ["text", "tags"])
@pytest.mark.parametrize("value", [*OPTIONS, None])
def test_options_and_nothing_are_sent(choosy: Bench, column: str, value: str | None) -> None:
    content: Any = value if column == "text" or value is None else [value, "pro"]
    choosy.rows = [{**ANA, column: content}]
    plan, [record] = choosy.plan()
    assert plan.unsendable == ()
    expected: dict[str, Any] = {"size": 1}
    if value is not None:
        expected["plan" if column == "text" else "tags"] = value if column == "text" else f'["{value}","pro"]'
    assert record.due == expected


def test_an_empty_text_is_nothing_and_clears_what_was_there(choosy: Bench) -> None:
    choosy.rows = [{**ANA, "text": ""}]
    _, [record] = choosy.plan()
    assert record.due == {"size": 1}
    choosy.rows = [{**ANA, "text": "pro"}]
    choosy.run()
    choosy.rows = [{**ANA, "text": ""}]
    _, [record] = choosy.run()
    assert record.due == {"plan": None}


def test_an_empty_list_is_a_list(choosy: Bench) -> None:
    choosy.rows = [{**ANA, "tags": []}]
    _, [record] = choosy.plan()
    assert record.due == {"tags": "[]", "size": 1}


@pytest.mark.parametrize(
    ("column", "value", "refused"),
    [
        ("text", "Pro", "Pro"),
        ("text", " pro", " pro"),
        ("tags", ["pro", "no", "never"], "no"),
        ("tags", ["pro", None, "never"], "never"),
    ],
)
def test_another_value_is_not_sent_and_the_other_fields_are(
    choosy: Bench, column: str, value: Any, refused: str
) -> None:
    choosy.rows = [{**ANA, column: value}]
    plan, [record] = choosy.plan()
    assert (record.op, record.due) == ("create", {"size": 1})
    name = "plan" if column == "text" else "tags"
    assert plan.unsendable == (
        Unsendable(field=name, records=1, examples=("1",), refused=(refused,), options=OPTIONS),
    )


def test_a_known_user_keeps_the_option_that_was_confirmed(choosy: Bench) -> None:
    choosy.rows = [{**ANA, "text": "pro"}]
    choosy.run()
    choosy.rows = [{**ANA, "text": "prp"}]
    plan, [record] = choosy.run()
    assert (record.op, record.code, record.due, plan.counts.held) == ("hold", "unsendable_value", {}, 1)
    assert choosy.book().records[1].values["plan"] == "pro"
    choosy.rows = [{**ANA, "text": "pro"}]
    assert choosy.plan()[1] == []


def test_numbers_can_be_options_too(bench: Bench) -> None:
    bench.attributes = (Attribute("size", "whole", options=("1", "2")),)
    bench.rows = [{"id": 1, "email": "a@x.fr", "whole": 1}, {"id": 2, "email": "b@x.fr", "whole": 3}]
    plan, records = bench.plan()
    assert {record.key: record.due for record in records} == {1: {"size": 1}, 2: {}}
    assert [(each.records, each.refused) for each in plan.unsendable] == [(1, ("3",))]


def test_the_report_names_the_nearest_option(choosy: Bench) -> None:
    texts = ["Pro", "Pro", "its", "nothing like any of them"]
    choosy.rows = [{**ANA, "id": n, "email": f"u{n}@x.fr", "text": text} for n, text in enumerate(texts)]
    plan, _ = choosy.plan()
    [reason] = plan_reasons(plan, ())
    assert (reason.code, reason.outcome, reason.count) == ("not_an_option", "skipped", 4)
    assert reason.examples == ("0", "1", "2", "3")
    assert "`Pro` should perhaps be `pro`; `its` should perhaps be `it's`" in reason.message
    assert "`nothing like any of them` is none of" in reason.message
    assert all(option in reason.message for option in OPTIONS)
