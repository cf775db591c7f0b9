"""`penstock report`: a run's report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or `latest`.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the report of a run."""
    from penstock.cli.documents import kept_report, run_document
    from penstock.cli.opened import destination_of, zone_of
    from penstock.cli.pages.run_report import report_page
    from penstock.cli.pages.unsent_run import unsent_page
    from penstock.cli.screen import Screen
    from penstock.operations.history import read_run
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    row = read_run(opened, run)
    screen.document(run_document(row))
    kept, destination, zone = kept_report(row), destination_of(opened, row.activation), zone_of(opened)
    if kept is None:
        screen.page(*unsent_page(row, destination=destination, zone=zone))
    else:
        screen.page(*report_page(kept, destination=destination, zone=zone, again=True))
    return 0
