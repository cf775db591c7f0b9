"""`penstock retry`: try again what is on hold."""

from __future__ import annotations

from typing import Annotated

import typer

from penstock.cli.parameters import ActivationArgument, AllowOption, JsonOption, ProjectOption, QuietOption


def retry(
    activation: ActivationArgument,
    reason: Annotated[
        list[str] | None,
        typer.Option("--reason", metavar="CODE", help="Only what is on hold for this reason; may be repeated."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="KEY", help="Only this record, by primary key or match value; may be repeated."
        ),
    ] = None,
    allow: AllowOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run, and try again what was refused or ignored and is on hold."""
    from penstock.cli.running import run_and_report
    from penstock.operations.running import RunOptions
    from penstock.plan.retry import Retry

    chosen = Retry(reasons=frozenset(reason or ()), keys=frozenset(key or ()))
    options = RunOptions(retry=chosen, allow=tuple(allow or ()))
    return run_and_report(activation, options, project=project, as_json=as_json, quiet=quiet)
