"""An error for people: a sentence, the next step, and the problems behind it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from penstock.cli.documents import FiredDocument
from penstock.cli.pages.guards import fired_parts
from penstock.cli.pages.layout import Part, hanging
from penstock.cli.pages.problems import place, problem_lines
from penstock.cli.wording import printable
from penstock.counting import counted
from penstock.errors import ConfigurationError, GuardStop, PenstockError


def failure_page(error: PenstockError, folder: Path = Path()) -> tuple[Part, ...]:
    """Tell an error; `folder` is put before the names of project files."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    title = _title(printable(error.message))
    if len(problems) > 1:
        return title, *problem_lines(problems, folder)
    if isinstance(error, GuardStop) and len(error.fired) > 1:
        fired = [FiredDocument(guard=each.guard, message=each.message) for each in error.fired]
        title = _title(f"{counted(len(fired), 'guard')} stopped the run; nothing was sent.")
        return title, *fired_parts(fired, error.fix)
    if problems and problems[0].location is not None:
        title = _title(f"{place(problems[0].location, folder)}: {printable(error.message)}")
    return title, hanging("→", printable(error.fix))


def _title(sentence: str) -> Text:
    return Text("Error: ", style="bold red").append(sentence, style="not bold default")
