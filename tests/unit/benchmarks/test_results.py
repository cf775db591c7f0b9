"""The page of results has two parts, each measured apart: writing one leaves the other as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.contest import Contender, Contest, Lap
from benchmarks.figures import Row, at_most

ROW = Row(name="bodies", what="request bodies", records=10, unit="", figures=(at_most("SQL / orjson", 2.5, 3),))
LAP = Lap(run="first delivery", cpu=1.5, wall=2.0, peak_megabytes=123.4, write_requests=7, records=6_543)
CONTEST = Contest(
    name="side-by-side", records=6_543, contenders=(Contender(name="by hand", how="in an afternoon", laps=(LAP,)),)
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "RESULTS.md"
    path.write_text("")
    monkeypatch.setattr(results, "PAGE", path)
    return path


def test_a_lap_is_a_row_with_what_it_cost(page: Path) -> None:
    results.write_results([], [CONTEST], rounds=1)
    assert "| **by hand**: in an afternoon | first delivery | 1.50 | 2.00 | 123 | 7 | 6,543 |" in page.read_text()


def test_each_part_survives_the_writing_of_the_other(page: Path) -> None:
    results.write_results([ROW], [], rounds=3)
    budgets = page.read_text()
    assert "2.50 × | ≤ 3 × | met" in budgets
    assert "Side by side" not in budgets
    results.write_results([], [CONTEST], rounds=3)
    assert page.read_text().startswith(budgets)
    side_by_side = page.read_text().removeprefix(budgets)
    results.write_results([ROW], [], rounds=3)
    assert page.read_text().endswith(side_by_side)
    assert page.read_text().count("## Side by side") == 1
    results.write_results([], [CONTEST], rounds=3)
    assert page.read_text().count("## Side by side") == 1
