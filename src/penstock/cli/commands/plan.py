"""`penstock plan`: what a run would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import ActivationArgument, FullOption, JsonOption, ProjectOption, QuietOption


def plan(
    activation: ActivationArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the plan to a file that `penstock run --plan` takes."),
    ] = None,
    full: FullOption = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Show what a run would do; send nothing."""
    from penstock.cli.opened import destination_of
    from penstock.cli.output_file import output_file
    from penstock.cli.pages.plan import plan_page
    from penstock.cli.progress import watching
    from penstock.cli.screen import Screen
    from penstock.operations.planning import plan_activation
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json, quiet=quiet)
    kept = None if out is None else output_file(out)
    opened = open_project(project or Path())
    with watching(screen) as watcher:
        report = plan_activation(opened, activation, watcher, out=kept, full=full)
    screen.document(report.to_json())
    screen.page(*plan_page(report, destination=destination_of(opened, activation), full=full))
    return 0
