"""Nobody is created without a required value, and it is never cleared."""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.ledger.directory import Directory, Learnt, learn
from penstock.runs.findings import plan_reasons
from tests.unit.ledger.bench import IDENTITY, START, Attribute, Bench, Planned

ANA = {"id": 1, "email": "a@x.fr", "text": "Ana", "whole": 1}
NAMELESS = {"id": 2, "email": "b@x.fr", "text": None, "whole": 2}
CODE = "required_value_missing"


@pytest.fixture
def strict(bench: Bench) -> Bench:
    """An activation that creates nobody without a name."""
    bench.attributes = (Attribute("name", "text", required=True), Attribute("size", "whole"))
    return bench


def seen(records: list[Planned]) -> dict[int, tuple[str, str | None, dict[str, object]]]:
    return {record.key: (record.op, record.code, dict(record.due)) for record in records}


def test_a_creation_without_it_is_held_until_it_is_there(strict: Bench) -> None:
    strict.rows = [ANA, NAMELESS]
    plan, records = strict.run()
    assert seen(records) == {1: ("create", None, {"name": "Ana", "size": 1}), 2: ("hold", CODE, {"size": 2})}
    assert [(held.code, held.records, held.examples) for held in plan.held] == [(CODE, 1, ("2",))]
    assert [(reason.code, reason.count) for reason in plan_reasons(plan, ())] == [(CODE, 1)]
    _, records = strict.plan()
    assert seen(records) == {2: ("hold", CODE, {"size": 2})}
    strict.rows = [ANA, {**NAMELESS, "text": "Ben"}]
    _, records = strict.plan()
    assert seen(records) == {2: ("create", None, {"name": "Ben", "size": 2})}


def test_a_known_user_whose_value_would_be_cleared_is_held_as_a_whole(strict: Bench) -> None:
    strict.rows = [ANA]
    strict.run()
    strict.rows = [{**ANA, "text": None, "whole": 7}]
    _, records = strict.run()
    assert seen(records) == {1: ("hold", CODE, {"name": None, "size": 7})}
    assert strict.book().records[1].values == {"name": "Ana", "size": 1}


def test_a_known_user_who_never_had_one_is_updated(strict: Bench) -> None:
    with_name, strict.attributes = strict.attributes, strict.attributes[1:]
    strict.rows = [NAMELESS]
    strict.run()
    strict.attributes = with_name
    strict.rows = [{**NAMELESS, "whole": 8}]
    _, records = strict.plan()
    assert seen(records) == {2: ("update", None, {"size": 8})}


def test_a_value_that_cannot_be_sent_is_none_for_a_creation_and_no_clear_for_a_known_user(bench: Bench) -> None:
    bench.attributes = (Attribute("score", "number", required=True), Attribute("size", "whole"))
    bench.rows = [{**ANA, "number": float("nan")}, {**NAMELESS, "number": 1.5}]
    _, records = bench.run()
    assert seen(records)[1] == ("hold", CODE, {"size": 1})
    bench.rows = [{**NAMELESS, "number": float("inf"), "whole": 9}]
    _, records = bench.plan()
    assert seen(records) == {2: ("update", None, {"size": 9})}


def test_somebody_known_through_the_directory_is_updated_without_it(strict: Bench, tmp_path: Path) -> None:
    strict.directory = Directory(path=tmp_path / "users.duckdb", account=IDENTITY.account, match_key="email")
    ben = Learnt(found="(SELECT 'b@x.fr' AS match, '5' AS remote_id)", gone="(SELECT '' AS match LIMIT 0)")
    learn(strict.connection, strict.directory, ben, now=START)
    strict.rows = [NAMELESS, {**NAMELESS, "id": 3, "email": "c@x.fr"}]
    _, records = strict.plan()
    assert {r.key: (r.op, r.code, r.remote_id) for r in records} == {
        2: ("create", None, "5"),
        3: ("hold", CODE, None),
    }
