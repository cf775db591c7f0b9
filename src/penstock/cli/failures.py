"""Errors as people and scripts read them: a sentence and the next step, or the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from penstock.errors import ConfigurationError, GuardStop, PenstockError, Problem

INTERRUPTED_EXIT = 130


def usage(sentence: str, command: str) -> PenstockError:
    """Make an error of a command that was not given rightly."""
    call = f"penstock {command} --help" if command else "penstock --help"
    message = sentence.strip().replace("'", "`")
    return PenstockError(
        message if message.endswith((".", "?")) else f"{message}.",
        fix=f"`{call}` shows how it is used.",
        code="usage",
    )


def interrupted() -> PenstockError:
    """Make an error of an interruption before anything was sent or after all was written down."""
    return PenstockError(
        "Interrupted.", fix="Give the command again when you like; nothing confirmed is lost.", code="interrupted"
    )


def unexpected(error: Exception) -> PenstockError:
    """Make an error of a fault in Penstock. Its text stays hidden, for it may hold data."""
    return PenstockError(
        f"Penstock came upon something that it does not expect ({type(error).__name__}).",
        fix="Set PENSTOCK_DEBUG=1 and give the command again to see the place, then report it.",
        code="internal",
    )


def tell_failure(error: PenstockError, *, as_json: bool, folder: Path = Path()) -> int:
    """Print an error where it belongs and return its exit code. `folder` is the project's."""
    from penstock.cli.screen import Screen

    screen = Screen(as_json=as_json)
    if as_json:
        screen.document({"error": error_to_json(error)})
        return error.exit_code
    from penstock.cli.pages.failure import failure_page

    screen.note(*failure_page(error, folder))
    return error.exit_code


def error_to_json(error: PenstockError) -> dict[str, object]:
    """Write an error as JSON values."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    return {
        "code": error.code,
        "message": error.message,
        "fix": error.fix,
        "problems": problems_to_json(problems),
        **({"guards": [each.to_json() for each in error.fired]} if isinstance(error, GuardStop) else {}),
    }


def problems_to_json(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Write problems as JSON values; `file` is relative to the project."""
    return [
        {
            "code": problem.code,
            "message": problem.message,
            "fix": problem.fix,
            "severity": problem.severity.value,
            "file": None if problem.location is None else problem.location.file.as_posix(),
            "line": None if problem.location is None else problem.location.line,
        }
        for problem in problems
    ]
