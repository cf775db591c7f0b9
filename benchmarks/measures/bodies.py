"""Making request bodies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.children import run_step
from benchmarks.figures import Result, Row, at_most, told
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery

MOST_ROWS = 1_000_000
"""So many that opening an engine, 30 ms of CPU, does not count."""
ROUNDS_IN_ONE_PROCESS = 7
CREATE_LIMIT, UPDATE_LIMIT = 3.0, 5.0


def bodies(scenery: Scenery) -> Row:
    """Make the bodies of a first run, and of a run in which every record changed in a field or two."""
    rows = min(scenery.rows, MOST_ROWS)
    small = replace(scenery, rows=rows, folder=scenery.folder.with_name(str(rows)))
    creates = _measure(small, "creates", small.folder / "new", small.source(0))
    updates = _measure(small, "updates", small.delivered(), small.all_changed())
    return Row(
        name="bodies",
        what="request bodies, 1,000 records each",
        records=rows,
        unit="CPU of orjson.dumps on ready dictionaries:"
        f" {_per_record(creates, 'dumped'):.2f} and {_per_record(updates, 'dumped'):.2f} µs a record",
        figures=(
            at_most("creates: SQL to bodies / orjson.dumps", creates["ratio"], CREATE_LIMIT),
            told("creates: CPU a record", _per_record(creates, "streamed"), "µs"),
            told("creates: size of a record", creates["bytes"] / creates["records"], "bytes"),
            at_most("updates: SQL to bodies / orjson.dumps", updates["ratio"], UPDATE_LIMIT),
            told("updates: CPU a record", _per_record(updates, "streamed"), "µs"),
            told("updates: size of a record", updates["bytes"] / updates["records"], "bytes"),
        ),
    )


def _measure(scenery: Scenery, kind: str, project: Path, source: Path) -> Result:
    out = scenery.folder / f"{kind}.plan"
    with scenery.stub() as address:
        ProjectFile(source=source, base_url=address).write(project)
        run_step("product:plan", {"project": str(project), "out": str(out)})
        arguments = {"project": str(project), "plan": str(out), "folder": str(scenery.folder)}
        result = run_step("bodies:compare", arguments | {"rounds": ROUNDS_IN_ONE_PROCESS})
    out.unlink()
    return result


def _per_record(result: Result, what: str) -> float:
    return float(1e6 * result[what] / result["records"])
