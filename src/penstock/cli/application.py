"""The commands of `penstock` and their order in the help."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import typer
from typer.core import TyperGroup

from penstock import __version__
from penstock.cli.commands.check import check
from penstock.cli.commands.history import history
from penstock.cli.commands.init import init
from penstock.cli.commands.plan import plan
from penstock.cli.commands.report import report
from penstock.cli.commands.retry import retry
from penstock.cli.commands.run import run
from penstock.cli.commands.runs import runs
from penstock.cli.commands.sandbox import sandbox
from penstock.cli.commands.schema import schema
from penstock.cli.commands.segment import segment
from penstock.cli.commands.suggest import suggest

_COMMANDS = (init, check, suggest, segment, plan, run, retry, runs, report, history, sandbox, schema)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"penstock {__version__}")
        raise typer.Exit


def penstock(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Keep people from your warehouse up to date in the tools where teams work.

    A project is a folder of YAML files: `penstock init` makes one. `penstock plan` shows what would be sent,
    `penstock run` sends it, `penstock history` tells what became of one record.
    """


@cache
def command() -> TyperGroup:
    """Build the command tree, once."""
    # Plain help: it costs a third of the boxed one and reads well in files, logs and narrow windows.
    app = typer.Typer(
        name="penstock",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(penstock)
    for each in _COMMANDS:
        app.command(each.__name__)(each)
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError(group)
    return group
