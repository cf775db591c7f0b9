"""Segments with three conditions on related rows, against the best SQL written by hand for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.children import run_step
from benchmarks.figures import Figure, Result, Row, at_most, exactly, told
from benchmarks.scenery import Scenery
from benchmarks.shop import BY_HAND, ORDERS_OF_A_USER, PROJECT

MEMORY = "4GB"


def related_rows(scenery: Scenery) -> Row:
    """Count each segment and its rivals in turn, each in a process of its own."""
    folder = scenery.folder / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "shop.duckdb"
    if not path.exists():
        run_step("segments:write", {"path": str(path), "users": scenery.rows})
    (folder / "penstock.yaml").write_text(PROJECT.format(path=path.name, memory=MEMORY), encoding="utf-8")
    return Row(
        name="related-rows",
        what=f"counts with three conditions on related rows, {ORDERS_OF_A_USER} orders a user, {MEMORY} limit",
        records=scenery.rows,
        unit="the best SQL written by hand",
        figures=tuple(figure for segment in BY_HAND for figure in _against_hand(segment, path, scenery.rounds)),
    )


def _against_hand(segment: str, path: Path, rounds: int) -> list[Figure]:
    ours: list[Result] = []
    theirs: dict[str, list[Result]] = {way: [] for way in BY_HAND[segment]}
    for _ in range(max(3, rounds)):
        ours.append(run_step("segments:count", {"project": str(path.parent), "segment": segment}))
        for way, results in theirs.items():
            arguments = {"path": str(path), "memory": MEMORY, "segment": segment, "way": way}
            results.append(run_step("segments:by_hand", arguments))
    best = min(map(_cpu, theirs.values()))
    answers = {result["members"] for results in (ours, *theirs.values()) for result in results}
    title = segment.replace("_", " ")
    return [
        at_most(f"{title}: count / best by hand", _cpu(ours) / best, 1.3),
        told(f"{title}: best by hand, CPU", best, "s"),
        *(told(f"{title}: {way} / best by hand", _cpu(results) / best, "×") for way, results in theirs.items()),
        exactly(f"{title}: different answers", len(answers), 1),
        told(f"{title}: members", max(answers), ""),
        told(f"{title}: peak memory", median(result["peak"] for result in ours), "MB"),
    ]


def _cpu(results: Sequence[Result]) -> float:
    return float(median(result["cpu"] for result in results))
