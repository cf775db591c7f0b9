"""`penstock suggest`: how are the models related?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def suggest(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="Only relations of this model; by default of all.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Ask for each whether to add it to the project's file, and do so.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --write: add all of them without asking.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Suggest relations between models, from foreign keys and from names."""
    if yes and not write:
        raise typer.BadParameter("it goes with --write", param_hint="--yes")
    if write and not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked; add --yes", param_hint="--write")
    from penstock.cli.pages.suggestions import added_page, question, suggestion_document, suggestions_page
    from penstock.cli.screen import Screen
    from penstock.operations.adding import add_relations, read_model_files
    from penstock.operations.project import open_project
    from penstock.operations.suggesting import suggest_relations

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    files = read_model_files(opened)
    found = suggest_relations(opened, model)
    if not write:
        screen.document({"suggestions": [suggestion_document(each) for each in found]})
        screen.text(suggestions_page(found))
        return 0
    chosen = [each for each in found if yes or typer.confirm(question(each), err=True)]
    add_relations(opened, files, [each.suggestion for each in chosen])
    screen.document({"added": [suggestion_document(each) for each in chosen]})
    screen.text(added_page(chosen, of=len(found)))
    return 0
