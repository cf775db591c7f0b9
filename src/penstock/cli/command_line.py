"""One command: every error ends here as a sentence and an exit code, never as a traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from penstock.cli.application import command
from penstock.cli.failures import INTERRUPTED_EXIT, interrupted, tell_failure, unexpected, usage
from penstock.cli.screen import Screen
from penstock.cli.streams import prepare_streams, silence_output
from penstock.errors import PenstockError

DEBUG = "PENSTOCK_DEBUG"
_ENGINE_INTERRUPTED = "Query interrupted"
"""What the engine raises, as a RuntimeError, when Ctrl-C finds it at work."""


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    prepare_streams()
    as_json = _wants_json(arguments)
    Screen.has_answered = False
    try:
        with command().make_context("penstock", arguments) as context:
            code = command().invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        return tell_failure(usage(error.format_message(), _command_named(arguments)), as_json=as_json)
    except PenstockError as error:
        _show_where()
        return tell_failure(error, as_json=as_json, folder=_folder(arguments))
    except (KeyboardInterrupt, typer.Abort):
        return leave(arguments)
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        silence_output()
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: people see a sentence, PENSTOCK_DEBUG=1 the place
        if str(error) == _ENGINE_INTERRUPTED:
            return leave(arguments)
        _show_where()
        return tell_failure(unexpected(error), as_json=as_json)


def leave(arguments: list[str]) -> int:
    """Tell that a command was interrupted, unless its result is told already; return its exit code."""
    if not Screen.has_answered:
        tell_failure(interrupted(), as_json=_wants_json(arguments))
    return INTERRUPTED_EXIT


def _wants_json(arguments: list[str]) -> bool:
    ending = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:ending]


def _folder(arguments: list[str]) -> Path:
    """Return the project's folder as it was given, for the places of problems."""
    for number, each in enumerate(arguments[:-1]):
        if each == "--project":
            return Path(arguments[number + 1])
    return next((Path(each.partition("=")[2]) for each in arguments if each.startswith("--project=")), Path())


def _command_named(arguments: list[str]) -> str:
    first = next((each for each in arguments if not each.startswith("-")), "")
    return first if first in command().commands else ""


def _show_where() -> None:
    if os.environ.get(DEBUG, "") not in {"", "0"}:
        import traceback

        traceback.print_exc()
