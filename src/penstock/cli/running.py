"""Runs an activation in front of people or scripts: progress meanwhile, the report at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from penstock.cli.documents import report_document
from penstock.cli.opened import destination_of, last_run, zone_of
from penstock.cli.pages.run_report import report_page
from penstock.cli.progress import watching
from penstock.cli.screen import Screen
from penstock.operations.project import open_project
from penstock.operations.running import run_activation

if TYPE_CHECKING:
    from penstock.operations.running import RunOptions


def run_and_report(activation: str, options: RunOptions, *, project: Path | None, as_json: bool, quiet: bool) -> int:
    """Run and print the report; returns the exit code. Raises what `run_activation` raises."""
    screen = Screen(as_json=as_json, quiet=quiet)
    opened = open_project(project or Path())
    since = last_run(opened, activation)
    with watching(screen) as watcher:
        report = run_activation(opened, activation, options, watcher)
    screen.document(report.to_json())
    screen.page(
        *report_page(
            report_document(report),
            destination=destination_of(opened, activation),
            zone=zone_of(opened),
            since=since,
        )
    )
    return report.exit_code
