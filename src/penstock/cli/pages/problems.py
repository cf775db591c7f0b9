"""Problems of a project, one line each: `file:line: problem — fix`, refusals before warnings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from penstock.cli.pages.alike import group_alike
from penstock.cli.wording import printable
from penstock.errors import Location, Problem, Severity

_STYLES = {Severity.REFUSAL: "bold red", Severity.WARNING: "bold yellow"}
_WORDS = {Severity.REFUSAL: "Error", Severity.WARNING: "Warning"}


def problem_lines(problems: Sequence[Problem], folder: Path = Path()) -> list[Text]:
    """Tell problems; of several that differ in one name, the first in full. `folder` is the project's."""
    lines = []
    for alike in group_alike(problems):
        lines.append(_line(alike.first, folder))
        for other, name in zip(alike.others, alike.other_names, strict=True):
            where = f"for {printable(name)}" if name else "here"
            lines.append(_begun(other, folder).append(f"the same holds {where}."))
    return lines


def place(location: Location, folder: Path) -> str:
    """Name a place so that editors and terminals find it from here."""
    return f"{folder / location.file}:{location.line}"


def _line(problem: Problem, folder: Path) -> Text:
    return _begun(problem, folder).append(f"{printable(problem.message)} — {printable(problem.fix)}")


def _begun(problem: Problem, folder: Path) -> Text:
    line = Text()
    if problem.location is not None:
        line.append(f"{place(problem.location, folder)}: ", style="bold")
    return line.append(f"{_WORDS[problem.severity]}: ", style=_STYLES[problem.severity])
