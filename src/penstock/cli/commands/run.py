"""`penstock run`: deliver what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import (
    ActivationArgument,
    AllowOption,
    FullOption,
    JsonOption,
    ProjectOption,
    QuietOption,
)


def run(
    activation: ActivationArgument,
    full: FullOption = False,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Send exactly this plan, made by `penstock plan --out`."),
    ] = None,
    allow: AllowOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Deliver what changed since the destination last confirmed it."""
    from penstock.cli.running import run_and_report
    from penstock.operations.running import RunOptions

    options = RunOptions(full=full, plan_file=plan, allow=tuple(allow or ()))
    return run_and_report(activation, options, project=project, as_json=as_json, quiet=quiet)
