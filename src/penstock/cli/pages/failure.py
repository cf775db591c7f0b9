"""An error for people: a sentence, the next step, and the problems behind it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from penstock.cli.pages.layout import Part, hanging
from penstock.cli.pages.problems import place, problem_lines
from penstock.cli.wording import printable
from penstock.errors import ConfigurationError, PenstockError


def failure_page(error: PenstockError, folder: Path = Path()) -> tuple[Part, ...]:
    """Tell an error; `folder` is put before the names of project files."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    title = _title(printable(error.message))
    if len(problems) > 1:
        return title, *problem_lines(problems, folder)
    if problems and problems[0].location is not None:
        title = _title(f"{place(problems[0].location, folder)}: {printable(error.message)}")
    return title, hanging("→", printable(error.fix))


def _title(sentence: str) -> Text:
    return Text("Error: ", style="bold red").append(sentence, style="not bold default")
