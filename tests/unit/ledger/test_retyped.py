"""A field whose type changes: values are sent anew, and one that becomes empty at the same time is cleared."""

import pytest

from penstock.plan.outcomes import Answer
from tests.unit.ledger.bench import Attribute, Bench, unanswered

ANA = {"id": 1, "email": "a@x.fr", "text": "7", "whole": 7}
BO = {"id": 2, "email": "b@x.fr", "text": None, "whole": None}


@pytest.fixture
def retyped(bench: Bench) -> Bench:
    """Ana's score is confirmed as a text, Bo never had one; from now on it is a number, and nobody has one."""
    bench.attributes = (Attribute("score", "text"),)
    bench.rows = [ANA, BO]
    bench.run()
    bench.attributes = (Attribute("score", "whole"),)
    bench.rows = [{**ANA, "whole": None}, BO]
    return bench


def test_a_value_that_becomes_empty_as_its_type_changes_is_cleared(retyped: Bench) -> None:
    _, [record] = retyped.run()
    assert (record.key, record.due) == (1, {"score": None})
    assert retyped.plan()[1] == []


def test_it_stays_due_until_that_is_confirmed(retyped: Bench) -> None:
    plan, _ = retyped.plan()
    retyped.fold(plan, unanswered(plan, Answer.NOT_SENT))
    assert retyped.book().doubts == {(1, "score")}
    assert [(record.key, record.due) for record in retyped.plan()[1]] == [(1, {"score": None})]


def test_what_was_in_doubt_under_the_former_type_still_is(bench: Bench) -> None:
    bench.attributes = (Attribute("score", "text"),)
    bench.rows = [{**ANA, "text": None}]
    bench.run()
    bench.rows = [ANA]
    plan, _ = bench.plan()
    bench.fold(plan, unanswered(plan, None))
    bench.attributes = (Attribute("score", "whole"),)
    bench.rows = [{**ANA, "whole": None}]
    assert [record.due for record in bench.run()[1]] == [{"score": None}]
    assert bench.plan()[1] == []
