"""What `penstock check` found, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from penstock.cli.failures import problems_to_json
from penstock.cli.pages.layout import BLANK, Part, hanging
from penstock.cli.pages.planned import notice_parts
from penstock.cli.pages.problems import problem_lines
from penstock.counting import counted
from penstock.errors import Problem, Severity
from penstock.operations.checking import CheckReport


def check_to_json(report: CheckReport) -> dict[str, object]:
    """Write what was found as JSON values; `error` is null when nothing prevents a run."""
    refusals, warnings = _sorted(report.problems)
    problems = problems_to_json([*refusals, *warnings])
    error = None
    if report.exit_code:
        error = {
            "code": refusals[0].code if len(refusals) == 1 else "configuration",
            "message": f"{_found(refusals)}.",
            "fix": refusals[0].fix if len(refusals) == 1 else "Mend each of them, then check again.",
            "problems": problems_to_json(refusals),
        }
    return {
        "ok": not report.exit_code,
        "looked_at": list(report.looked_at),
        "problems": problems,
        "notices": list(report.notices),
        "error": error,
    }


def check_page(report: CheckReport, folder: Path) -> list[Part]:
    """Tell what was looked at and what was found."""
    refusals, warnings = _sorted(report.problems)
    parts: list[Part] = [hanging("-", each, indent=2) for each in report.looked_at]
    if parts:
        parts = [Text("Looked at", style="bold"), *parts, BLANK]
    parts += problem_lines(report.problems, folder)
    if report.problems:
        parts.append(BLANK)
    if report.notices:
        parts += [*notice_parts(report.notices)[1:], BLANK]
    aside = f", {counted(len(warnings), 'warning')}" if warnings else ""
    if report.exit_code:
        return [*parts, Text(f"{_found(refusals)}{aside}.", style="bold red")]
    return [*parts, Text(f"All is well{aside}.", style="green")]


def _found(refusals: Sequence[Problem]) -> str:
    return f"{counted(len(refusals), 'problem')} {'prevents' if len(refusals) == 1 else 'prevent'} a run"


def _sorted(problems: Sequence[Problem]) -> tuple[list[Problem], list[Problem]]:
    refusals = [problem for problem in problems if problem.severity is Severity.REFUSAL]
    return refusals, [problem for problem in problems if problem.severity is Severity.WARNING]
