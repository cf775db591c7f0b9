"""`penstock runs`: what ran, newest first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption

SHOWN = 20


def runs(
    activation: Annotated[str | None, typer.Argument(metavar="ACTIVATION", help="Only the runs of this one.")] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="So many; by default 20, with --json all."),
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """List runs, newest first."""
    from penstock.cli.documents import run_document
    from penstock.cli.opened import zone_of
    from penstock.cli.pages.runs import runs_page
    from penstock.cli.screen import Screen
    from penstock.operations.history import list_runs
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    rows = list_runs(opened, activation)
    screen.document({"runs": [run_document(row) for row in (rows if limit is None else rows[:limit])]})
    page = runs_page(rows, activation=activation, limit=limit or SHOWN, zone=zone_of(opened), width=screen.width)
    screen.page(*page)
    return 0
