"""`penstock history`: one record, run by run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import ActivationArgument, JsonOption, ProjectOption


def history(
    activation: ActivationArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The record's primary key or match value.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what was sent for one record, when, and what came back."""
    from penstock.cli.opened import destination_of, zone_of
    from penstock.cli.pages.history import history_page
    from penstock.cli.screen import Screen
    from penstock.operations.history import record_history
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    entries = record_history(opened, activation, key)
    screen.document({"activation": activation, "key": key, "entries": [entry.to_json() for entry in entries]})
    destination = destination_of(opened, activation)
    screen.page(*history_page(entries, activation=activation, key=key, destination=destination, zone=zone_of(opened)))
    return 0
