"""Folding: what a run's receipts confirm becomes the ledger, five runs in a row, 2 % of the records in each."""

from __future__ import annotations

from statistics import median

from benchmarks.children import run_step
from benchmarks.figures import Row, at_most, told
from benchmarks.measures.profiles import show_profile
from benchmarks.project import ProjectFile, ledger_of
from benchmarks.scenery import Scenery

RUNS = 5


def folding(scenery: Scenery) -> Row:
    """Run on five versions, one after the other, and measure the stage of folding."""
    project = scenery.copy("folding")
    ledger = ledger_of(project)
    sizes = [ledger.stat().st_size]
    results = []
    with scenery.stub() as address:
        for version in range(1, RUNS + 1):
            source = scenery.source(version)
            ProjectFile(source=source, base_url=address).write(project)
            arguments = {"project": str(project), "scan": True, "profile": scenery.profile}
            results.append(run_step("product:run", arguments))
            show_profile(results[-1])
            sizes.append(ledger.stat().st_size)
            if version > 1:
                source.unlink()
    planned = results[0]["report"]["planned"]
    return Row(
        name="folding",
        what=f"fold of 2 %, checkpoint and report included, {RUNS} runs",
        records=scenery.rows,
        unit=f"scan {median(r['scan']['wall'] for r in results):.2f} s wall",
        figures=(
            at_most("fold / scan, wall", median(r["stages"]["fold"]["wall"] / r["scan"]["wall"] for r in results), 2),
            told(
                "fold / scan of the ledger alone, wall",
                median(r["stages"]["fold"]["wall"] / r["scan"]["confirmed_wall"] for r in results),
                "×",
            ),
            at_most(f"growth of the file after {RUNS} runs", 100 * (sizes[-1] / sizes[0] - 1), 12, "%"),
            told("size of the file", sizes[-1] / 1e6, "MB"),
            told("peak memory", max(r["peak"] for r in results), "MB"),
            told("records folded by a run", planned["create"] + planned["update"] + planned["left"], ""),
        ),
    )
