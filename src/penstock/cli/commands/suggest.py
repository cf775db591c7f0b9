"""`penstock suggest`: how are the models related?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def suggest(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="Only relations of this model; by default of all.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Suggest relations between models, from foreign keys and from names."""
    from penstock.cli.pages.suggestions import suggestion_document, suggestions_page
    from penstock.cli.screen import Screen
    from penstock.operations.project import open_project
    from penstock.operations.suggesting import suggest_relations

    screen = Screen(as_json=as_json)
    found = suggest_relations(open_project(project or Path(), with_secrets=False), model)
    screen.document({"suggestions": [suggestion_document(each) for each in found]})
    screen.text(suggestions_page(found))
    return 0
