"""The `penstock` command, run as a process as anybody would run it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo.errors import DemoError
from demo.interruptions import undisturbed
from demo.telling import Telling

_SCRIPT = Path(sys.executable).with_name("penstock")
COMMAND = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "penstock.cli.main"]

Document = Mapping[str, Any]
"""A JSON document that a command printed."""

_LONGEST_SECONDS = 120


class Penstock:
    """The command in one project's folder."""

    def __init__(self, project: Path, secrets: Mapping[str, str], telling: Telling) -> None:
        self._project = project
        self._environment = os.environ | secrets | {"COLUMNS": str(telling.width)}
        self._telling = telling

    def show(self, *arguments: str, exit_code: int) -> None:
        """Run a command before everybody's eyes. Raises DemoError when it ends otherwise than expected."""
        self._telling.commands(shlex.join(("penstock", *arguments)))
        with self._process(arguments) as process:
            process.wait(timeout=_LONGEST_SECONDS)
        self._judge(arguments, process.returncode, exit_code, "")

    def ask(self, *arguments: str, exit_code: int = 0) -> Any:
        """Run a command with --json, unseen, and return its document. Raises DemoError."""
        with self._process((*arguments, "--json"), capture=True) as process:
            output, errors = process.communicate(timeout=_LONGEST_SECONDS)
        self._judge(arguments, process.returncode, exit_code, errors)
        try:
            return json.loads(output)
        except ValueError as error:
            raise DemoError(
                f"`penstock {shlex.join(arguments)} --json` did not print JSON: {output[:200]}"
            ) from error

    @contextmanager
    def _process(self, arguments: tuple[str, ...], *, capture: bool = False) -> Iterator[subprocess.Popen[str]]:
        """Start the command; whatever happens meanwhile, it has ended when the block is left."""
        pipe = subprocess.PIPE if capture else None
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self._project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            encoding="utf-8",
        )
        try:
            yield process
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"`penstock {shlex.join(arguments)}` did not end by itself.") from error
        finally:
            end(process)

    @staticmethod
    def _judge(arguments: tuple[str, ...], found: int, expected: int, errors: str) -> None:
        if found != expected:
            what = f"`penstock {shlex.join(arguments)}` ended with exit code {found} instead of {expected}."
            raise DemoError(f"{what} {errors}".strip())


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, wait for it, and end it the hard way if it does not."""
    with undisturbed():
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
