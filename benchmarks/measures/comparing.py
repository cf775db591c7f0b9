"""Comparing desired with confirmed records and writing the plan: when few differ, and when all do."""

from __future__ import annotations

from collections.abc import Sequence
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
    results = _plans(scenery, version=1, memory=FEW_MEMORY, fields=list(FIELDS), rounds=scenery.rounds)
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
    """Compare after one more field was mapped, so that every record differs."""
    fields = [*FIELDS, *ONE_MORE]
    results = _plans(scenery, version=0, memory=ALL_MEMORY, fields=fields, rounds=scenery.rounds)
    failure, peak = "", 0.0
    try:
        small = _plans(scenery, version=0, memory=ALL_SMALL_MEMORY, fields=fields, rounds=1)
        peak = small[0]["peak"]
    except StepFailure as error:
        failure = str(error)
    figures: list[Figure] = [
        at_most(f"comparing, plan written / scan ({ALL_MEMORY} limit)", _ratio(results), 12),
        told(f"peak memory ({ALL_MEMORY} limit)", median(result["peak"] for result in results), "MB"),
        ends(f"with a {ALL_SMALL_MEMORY} limit", failure),
        told(f"peak memory ({ALL_SMALL_MEMORY} limit)", peak, "MB"),
        told("records planned", _planned(results[0]), ""),
    ]
    return Row(
        name="compare-all",
        what="plan after one more field was mapped, all differ",
        records=scenery.rows,
        unit=_unit(results),
        figures=tuple(figures),
    )


def _plans(scenery: Scenery, *, version: int, memory: str, fields: Sequence[str], rounds: int) -> list[Result]:
    project = scenery.delivered()
    source = scenery.source(version)
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
