"""`penstock init`: a project to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption, folder_of


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder to make it in; by default the current one."),
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a project folder with a commented example."""
    from penstock.cli.pages.init import init_page
    from penstock.cli.screen import Screen
    from penstock.operations.starting import start_project

    screen = Screen(as_json=as_json)
    root = folder_of(folder, project)
    written = start_project(root)
    screen.document({"project": str(root), "written": [path.relative_to(root).as_posix() for path in written]})
    screen.page(*init_page(root, written))
    return 0
