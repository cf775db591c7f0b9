"""An error for people: a sentence, the next step, and the problems behind it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from penstock.cli.pages.layout import Part, hanging
from penstock.cli.pages.problems import problem_lines
from penstock.cli.wording import printable
from penstock.errors import ConfigurationError, PenstockError


def failure_page(error: PenstockError, folder: Path = Path()) -> tuple[Part, ...]:
    """Tell an error; `folder` is put before the names of project files."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    title = Text("Error: ", style="bold red").append(printable(error.message), style="not bold default")
    if any(problem.location for problem in problems):
        lines = problem_lines(problems, folder)
        return (title, *lines) if len(problems) > 1 else tuple(lines)
    return title, hanging("→", printable(error.fix))
