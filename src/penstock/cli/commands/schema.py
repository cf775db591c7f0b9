"""`penstock schema`: the schema of project files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print the JSON schema of project files."""
    import json

    from rich.text import Text

    from penstock.cli.output_file import output_file
    from penstock.cli.screen import Screen
    from penstock.errors import StorageError
    from penstock.operations.starting import project_schema

    screen = Screen(as_json=as_json)
    document = project_schema()
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if out is None:
        screen.document(document)
        screen.text(text)
        return 0
    path = output_file(out if project is None else project / out)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The schema cannot be written to {path}: {error.strerror}.", fix="Name a file that can be written."
        ) from error
    screen.document({"out": str(path)})
    screen.page(Text(f"The schema is in {path}."))
    return 0
