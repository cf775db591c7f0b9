"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The project's folder; by default the current one."),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document and nothing else."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print the result only, no progress.")]
FolderArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="The project's folder; by default the current one."),
]
ActivationArgument = Annotated[str, typer.Argument(metavar="ACTIVATION", help="The name of an activation.")]
AllowOption = Annotated[
    list[str] | None, typer.Option("--allow", metavar="GUARD", help="Let a guard pass once; may be repeated.")
]
FullOption = Annotated[
    bool,
    typer.Option("--full", help="Send every mapped value, not only what changed."),
]


def folder_of(argument: Path | None, option: Path | None) -> Path:
    """Return the folder that was named, by argument or by option."""
    if argument is not None and option is not None and argument != option:
        raise typer.BadParameter(f"it is named twice: {argument} and {option}", param_hint="DIR")
    return argument or option or Path()
