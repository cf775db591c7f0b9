"""`penstock segment`: who is in it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption
from penstock.segments.dialects.names import DIALECTS

FEW = 5
VIEWS = "--count, --sample, --sql, --explain, --breakdown, --overlap, --history"


def segment(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a segment.")],
    count: Annotated[bool, typer.Option("--count", help="Count the members.")] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", min=1, help="Show so many members.", show_default=False)
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that selects the members.")] = False,
    dialect: Annotated[
        str | None,
        typer.Option(
            "--dialect",
            metavar="DIALECT",
            help=f"Write the SQL in this dialect: {', '.join(DIALECTS)}; by default in the source's own.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Tell the conditions in plain English.")] = False,
    breakdown: Annotated[
        str | None,
        typer.Option(
            "--breakdown", metavar="FIELD", help="Count the members by the values of a field.", show_default=False
        ),
    ] = None,
    overlap: Annotated[
        list[str] | None,
        typer.Option(
            "--overlap",
            metavar="OTHER",
            help="Count who is in another segment of the model as well; may be given several times.",
            show_default=False,
        ),
    ] = None,
    history: Annotated[
        bool,
        typer.Option("--history", help="List the runs that sent it: its size then, and how many entered and left."),
    ] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Look at a segment. Without options: its sentence, its count and a few members."""
    if sum((count, sample is not None, sql, explain, breakdown is not None, bool(overlap), history)) > 1:
        raise typer.BadParameter("only one of them at a time", param_hint=VIEWS)
    if dialect is not None and not sql:
        raise typer.BadParameter("it goes with --sql", param_hint="--dialect")
    if dialect is not None and dialect not in DIALECTS:
        raise typer.BadParameter(f"choose one of {', '.join(DIALECTS)}", param_hint="--dialect")
    from penstock.cli import segment_views as views
    from penstock.cli.screen import Screen
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    opened = open_project(project or Path(), with_secrets=False)
    if count:
        views.show_count(screen, opened, name)
    elif sample is not None:
        views.show_sample(screen, opened, name, sample)
    elif sql:
        views.show_sql(screen, opened, name, dialect)
    elif explain:
        views.show_explanation(screen, opened, name)
    elif breakdown is not None:
        views.show_breakdown(screen, opened, name, breakdown)
    elif history:
        views.show_history(screen, opened, name)
    elif overlap:
        views.show_overlaps(screen, opened, name, overlap)
    else:
        views.show_overview(screen, opened, name, FEW)
    return 0
