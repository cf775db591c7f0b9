"""Guards stop a plan at their limits and not before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from penstock.plan.guards import GUARDS, Before, stopped_by, stopped_without_types
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
    known = Before(**({"members": 0, "source_rows": None, "remapped": ()} | before))
    stop = stopped_by(plan, known, max_first_run=most, allowed=allowed, command="penstock run a")
    return None if stop is None else stop.fired[0].guard


@pytest.mark.parametrize(
    ("counts", "before", "stops"),
    [
        ({"desired": 2000, "update": 1001}, {"members": 2001}, "changed"),
        ({"desired": 2000, "update": 1001}, {"members": 2002}, None),
        ({"desired": 2000, "update": 1000}, {"members": 1000}, None),
        ({"desired": 900, "left": 101}, {"members": 1009}, "left"),
        ({"desired": 900, "left": 101}, {"members": 1010}, None),
        ({"desired": 900, "left": 100}, {"members": 100}, None),
        ({"desired": 90, "left": 4, "remove": 4}, {"members": 79}, "removed"),
        ({"desired": 90, "left": 4, "remove": 4}, {"members": 80}, None),
        ({"desired": 3, "left": 3, "remove": 3}, {"members": 6}, None),
        ({"desired": 90_000, "left": 501, "remove": 501}, {"members": 90_501}, "removed"),
        ({"desired": 90_000, "left": 500, "remove": 500}, {"members": 90_500}, None),
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


STOPS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "empty model": ({}, {"members": 5000, "source_rows": 6000}),
    "empty segment": ({"source_rows": 6000, "left": 1}, {"members": 1, "source_rows": 6000}),
    "shrunk": ({"desired": 69, "source_rows": 69}, {"members": 100, "source_rows": 100}),
    "left": ({"desired": 900, "left": 150}, {"members": 1050}),
    "changed": ({"desired": 3000, "update": 1501}, {"members": 3000}),
    "changed by the mapping": ({"desired": 3000, "update": 1501}, {"members": 3000, "remapped": ("plan",)}),
    "changed by two mappings": ({"desired": 3000, "update": 1501}, {"members": 3000, "remapped": ("size", "plan")}),
    "changed beside the mapping": ({"desired": 3000, "update": 1501}, {"members": 3000, "remapped": ("size",)}),
    "changed by a full run": ({"desired": 3000, "update": 3000, "kind": RunKind.FULL}, {"members": 3000}),
    "first run": ({"desired": 100_001, "create": 100_001}, {}),
    "later run": ({"desired": 100_011, "create": 100_001}, {"members": 10}),
    "several at once": ({"desired": 200, "left": 800, "source_rows": 200}, {"members": 1000, "source_rows": 1000}),
}


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_names_figures_cause_and_how_to_go_on(name: str, snapshot: SnapshotAssertion) -> None:
    counts, before = STOPS[name]
    kind = counts.get("kind", RunKind.DELTA)
    figures = {name: number for name, number in counts.items() if name != "kind"}
    judged = replace(plan(figures.get("update", 1), **figures), kind=kind)
    known = Before(**({"members": 0, "source_rows": None, "remapped": ()} | before))
    stop = stopped_by(judged, known, max_first_run=100_000, allowed=(), command="penstock run a")
    assert stop is not None
    assert (stop.exit_code, stop.code) == (4, f"guard_{stop.fired[0].guard}")
    assert f"{stop.message} → {stop.fix}" == snapshot
    allowed = [guard for guard in GUARDS if f"--allow {guard}" in stop.fix]
    assert stopped_by(judged, known, max_first_run=100_000, allowed=allowed, command="") is None


def test_an_empty_file_without_types_is_stopped_by_the_same_guard(snapshot: SnapshotAssertion) -> None:
    stop = stopped_without_types(6)
    assert (stop.code, stop.exit_code) == ("guard_empty", 4)
    assert f"{stop.message} → {stop.fix}" == snapshot


@pytest.mark.parametrize("before", range(1, 2000, 7))
def test_exactly_thirty_per_cent_less_is_let_through(before: int) -> None:
    most = -(-7 * before // 10)
    assert guard(plan(desired=1, source_rows=most), members=1, source_rows=before) is None
    fewer = guard(plan(desired=1, source_rows=most - 1), members=1, source_rows=before)
    assert fewer == ("shrunk" if most > 1 else None), "of no rows at all the guard `empty` tells"
