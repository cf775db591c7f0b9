"""Planning and running an activation as the product does it, with the scan of the same data beside it."""

from __future__ import annotations

from pathlib import Path

from benchmarks import meter
from benchmarks.figures import Arguments, Result
from benchmarks.project import ACTIVATION, ledger_of
from benchmarks.scan import scan
from benchmarks.stages import StageMeter
from benchmarks.statements import record_statements
from penstock.operations.planning import plan_activation
from penstock.operations.project import Project, open_project
from penstock.operations.running import RunOptions, run_activation


def plan(arguments: Arguments) -> Result:
    """Make a plan; with `out` it is kept in that file."""
    project = open_project(Path(arguments["project"]))
    notes = record_statements() if arguments.get("profile") else []
    observer = StageMeter()
    out = Path(arguments["out"]) if arguments.get("out") else None
    planned = plan_activation(project, ACTIVATION, observer, out=out)
    whole = observer.finish()
    result = {"planned": dict(planned.planned), "desired": planned.desired}
    return _measured(project, arguments, observer, whole) | result | {"statements": notes}


def run(arguments: Arguments) -> Result:
    """Run to the end; `allow` names guards that are let through."""
    project = open_project(Path(arguments["project"]))
    notes = record_statements() if arguments.get("profile") else []
    observer = StageMeter()
    report = run_activation(project, ACTIVATION, RunOptions(allow=arguments.get("allow", ())), observer)
    whole = observer.finish()
    return _measured(project, arguments, observer, whole) | {"report": report.to_json(), "statements": notes}


def _measured(
    project: Project, arguments: Arguments, observer: StageMeter, whole: meter.Reading
) -> dict[str, object]:
    peak = meter.peak_megabytes()
    settings = project.catalog.settings
    root = project.catalog.root
    unit = (
        scan(project.catalog.sources["shop"].path, ledger_of(root), memory=settings.memory, threads=settings.threads)
        if arguments.get("scan")
        else {}
    )
    return {"peak": peak, "whole": whole.to_json(), "stages": observer.stages, "scan": unit}
