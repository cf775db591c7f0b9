"""`penstock run`: deliver what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import ActivationArgument, FullOption, JsonOption, ProjectOption, QuietOption


def run(
    activation: ActivationArgument,
    full: FullOption = False,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Send exactly this plan, made by `penstock plan --out`."),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="GUARD", help="Let a guard pass once; may be repeated.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Deliver what changed since the destination last confirmed it."""
    from penstock.cli.documents import report_document
    from penstock.cli.opened import destination_of, last_run, zone_of
    from penstock.cli.pages.run_report import report_page
    from penstock.cli.progress import watching
    from penstock.cli.screen import Screen
    from penstock.operations.project import open_project
    from penstock.operations.running import RunOptions, run_activation

    screen = Screen(as_json=as_json, quiet=quiet)
    opened = open_project(project or Path())
    since = last_run(opened, activation)
    options = RunOptions(full=full, plan_file=plan, allow=tuple(allow or ()))
    with watching(screen) as watcher:
        report = run_activation(opened, activation, options, watcher)
    screen.document(report.to_json())
    screen.page(
        *report_page(
            report_document(report),
            destination=destination_of(opened, activation),
            zone=zone_of(opened),
            since=since,
        )
    )
    return report.exit_code
