"""`penstock report`: a run's report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or `latest`.")],
    entered: Annotated[
        bool, typer.Option("--entered", help="Name those who entered since the run before: their primary keys.")
    ] = False,
    left: Annotated[
        bool, typer.Option("--left", help="Name those who left since the run before: their primary keys.")
    ] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the report of a run."""
    if entered and left:
        raise typer.BadParameter("only one of them at a time", param_hint="--entered, --left")
    from penstock.cli.documents import kept_report, run_document
    from penstock.cli.opened import destination_of, zone_of
    from penstock.cli.pages.run_report import report_page
    from penstock.cli.pages.unsent_run import unsent_page
    from penstock.cli.screen import Screen
    from penstock.cli.wording import printable
    from penstock.operations.history import moved_keys, read_run
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    row = read_run(opened, run)
    if entered or left:
        keys = moved_keys(opened, row, entered=entered)
        if as_json:
            screen.document({"run": row.run, "entered" if entered else "left": list(keys)})
        else:
            screen.lines(map(printable, keys))
        return 0
    screen.document(run_document(row))
    kept, destination, zone = kept_report(row), destination_of(opened, row.activation), zone_of(opened)
    if kept is None:
        screen.page(*unsent_page(row, destination=destination, zone=zone))
    else:
        screen.page(*report_page(kept, destination=destination, zone=zone, again=True))
    return 0
