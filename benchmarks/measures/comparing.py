"""Comparing desired with confirmed records and writing the plan: when few differ, and when all do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.children import StepFailure, run_step
from benchmarks.data import FIELDS, ONE_MORE
from benchmarks.figures import Figure, Result, Row, at_most, ends, told
from benchmarks.measures.profiles import show_profile
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery

FEW_MEMORY, ALL_MEMORY, ALL_SMALL_MEMORY = "400MB", "2GB", "1GB"


def compare_few(scenery: Scenery) -> Row:
    """Compare a version in which 2 % differ, with little memory."""
    results = _plans(scenery, scenery.source(1), memory=FEW_MEMORY, fields=list(FIELDS), rounds=scenery.rounds)
    return Row(
        name="compare-few",
        what=f"plan of a delta run, 2 % differ, {FEW_MEMORY} limit",
        records=scenery.rows,
        unit=_unit(results),
        figures=(
            at_most("comparing, plan written / scan", _ratio(results), 3.5),
            at_most("peak memory", median(result["peak"] for result in results), 600, "MB"),
            told("records planned", _planned(results[0]), ""),
        ),
    )


def compare_all(scenery: Scenery) -> Row:
    """Compare after one more field was mapped, so that every record differs; then where a value of everybody does."""
    mapped = _all(scenery, scenery.source(0), [*FIELDS, *ONE_MORE], "one more field")
    changed = _all(scenery, scenery.all_changed(), list(FIELDS), "a value of everybody")
    return Row(
        name="compare-all",
        what="plan when all differ: after one more field was mapped, and after a value of everybody has changed",
        records=scenery.rows,
        unit=mapped.unit,
        figures=(*mapped.figures, *changed.figures),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    unit: str
    figures: tuple[Figure, ...]


def _all(scenery: Scenery, source: Path, fields: Sequence[str], what: str) -> _Measured:
    """Measure with much memory and, once, with little."""
    results = _plans(scenery, source, memory=ALL_MEMORY, fields=fields, rounds=scenery.rounds)
    failure, peak = "", 0.0
    try:
        small = _plans(scenery, source, memory=ALL_SMALL_MEMORY, fields=fields, rounds=1)
        peak = small[0]["peak"]
    except StepFailure as error:
        failure = str(error)
    return _Measured(
        _unit(results),
        (
            at_most(f"{what}: comparing, plan written / scan ({ALL_MEMORY} limit)", _ratio(results), 12),
            told(f"{what}: peak memory ({ALL_MEMORY} limit)", median(result["peak"] for result in results), "MB"),
            ends(f"{what}: with a {ALL_SMALL_MEMORY} limit", failure),
            told(f"{what}: peak memory ({ALL_SMALL_MEMORY} limit)", peak, "MB"),
            told(f"{what}: records planned", _planned(results[0]), ""),
        ),
    )


def _plans(scenery: Scenery, source: Path, *, memory: str, fields: Sequence[str], rounds: int) -> list[Result]:
    project = scenery.delivered()
    results = []
    with scenery.stub() as address:
        ProjectFile(source=source, base_url=address, memory=memory, fields=fields).write(project)
        for _ in range(rounds):
            arguments = {"project": str(project), "scan": True, "profile": scenery.profile}
            results.append(run_step("product:plan", arguments))
            show_profile(results[-1])
    return results


def _ratio(results: Sequence[Result]) -> float:
    return median(float(result["stages"]["compare"]["cpu"] / result["scan"]["cpu"]) for result in results)


def _unit(results: Sequence[Result]) -> str:
    return f"scan {median(result['scan']['cpu'] for result in results):.2f} CPU s"


def _planned(result: Result) -> int:
    return int(result["planned"]["create"] + result["planned"]["update"] + result["planned"]["left"])
