"""Guards stop a plan at their limits and not before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest

from penstock.plan.guards import GUARDS, Before, stopped_by
from penstock.plan.plan import Plan, PlanCounts, RunKind


def plan(most_changed: int = 1, **counts: int) -> Plan:
    zero = dict.fromkeys(("desired", "create", "update", "held", "left", "returned", "source_rows"), 0)
    return Plan(
        run="r",
        activation="a",
        kind=RunKind.DELTA,
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        ledger_id="",
        ledger_fold=0,
        key_type="BIGINT",
        compared=True,
        mapping="",
        slots=(),
        withheld={},
        accepted=(),
        reshapes=False,
        counts=PlanCounts(**(zero | counts)),
        changes={"plan": most_changed, "size": 1},
    )


def guard(plan: Plan, *, most: int = 100_000, allowed: Collection[str] = (), **before: Any) -> str | None:
    known = Before(**({"members": 0, "source_rows": None, "new_fields": ()} | before))
    stop = stopped_by(plan, known, max_first_run=most, allowed=allowed)
    return None if stop is None else stop.guard


@pytest.mark.parametrize(
    ("counts", "before", "stops"),
    [
        ({"desired": 2000, "update": 1001}, {"members": 2001}, "changed"),
        ({"desired": 2000, "update": 1001}, {"members": 2002}, None),
        ({"desired": 2000, "update": 1000}, {"members": 1000}, None),
        ({"desired": 900, "left": 101}, {"members": 1009}, "left"),
        ({"desired": 900, "left": 101}, {"members": 1010}, None),
        ({"desired": 900, "left": 100}, {"members": 100}, None),
        ({"desired": 1, "source_rows": 69}, {"members": 1, "source_rows": 100}, "shrunk"),
        ({"desired": 1, "source_rows": 70}, {"members": 1, "source_rows": 100}, None),
        ({"desired": 1, "source_rows": 0}, {"members": 1, "source_rows": 0}, None),
        ({"desired": 0, "source_rows": 0}, {"members": 1}, "empty"),
        ({"desired": 0, "source_rows": 9}, {"members": 1}, "empty"),
        ({"desired": 0}, {"members": 0}, None),
        ({"desired": 1001, "create": 1001}, {"most": 1000}, "maximum"),
        ({"desired": 1000, "create": 1000}, {"most": 1000}, None),
        ({"desired": 1001, "create": 1001}, {"most": 1000, "members": 5000}, None),
        ({"desired": 1001, "create": 1001}, {"most": 1000, "members": 10}, "maximum"),
    ],
)
def test_limits(counts: dict[str, int], before: dict[str, Any], stops: str | None) -> None:
    assert guard(plan(**counts), **before) == stops
    if stops is not None:
        assert guard(plan(**counts), **before, allowed=[stops]) is None
        others = set(GUARDS) - {stops}
        assert guard(plan(**counts), **before, allowed=others) == stops


def test_a_stop_names_its_figures_and_how_to_go_on() -> None:
    changed = plan(1500, desired=3000, update=1501)
    known = Before(members=3000, source_rows=None, new_fields=())
    stop = stopped_by(changed, known, max_first_run=1, allowed=())
    assert stop is not None
    assert "1,501 of 3,000" in stop.message
    assert "`plan` (1,500 records)" in stop.message
    assert stop.message.endswith("Nothing was sent.")
    assert "--allow changed" in stop.fix
    assert (stop.exit_code, stop.code) == (4, "guard_changed")


def test_a_change_of_the_mapping_is_named_as_such() -> None:
    known = Before(members=3000, source_rows=None, new_fields=("plan",))
    stop = stopped_by(plan(desired=3000, update=3000), known, max_first_run=1, allowed=())
    assert stop is not None
    assert "The mapping has changed: `plan`" in stop.message
