"""Runs the `$` lines of console blocks as a reader would type them, in one shell after another."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from penstock.cli.command_line import run

_MARKED = re.compile(r"<!-- test: (?P<name>[^>]+) -->\n```console\n(?P<text>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a command gave."""

    exit_code: int
    output: str
    errors: str


@dataclass(slots=True)
class Console:
    """A reader's shell: where it stands and which variables it has exported; `urls` replace the sandbox's own."""

    folder: Path
    urls: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)

    def type(self, command: str) -> Printed:
        """Run one line; `cd` and `export` last."""
        words = shlex.split(command)
        if words[0] == "cd":
            self.folder /= words[1]
            return Printed(exit_code=0 if self.folder.is_dir() else 1, output="", errors="")
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.variables[name] = value
            return Printed(exit_code=0, output="", errors="")
        printed = self._run(command)
        if words[:2] == ["penstock", "init"]:
            self._use_urls(self.folder / words[2] / "penstock.yaml")
        return printed

    def _run(self, command: str) -> Printed:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Printed(exit_code=done.returncode, output=done.stdout, errors=done.stderr)

    def _use_urls(self, project: Path) -> None:
        text = project.read_text(encoding="utf-8")
        for usual, url in self.urls.items():
            assert usual in text
            text = text.replace(usual, url)
        project.write_text(text, encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        for name in ("ITERABLE_API_KEY", "ZENDESK_TOKEN"):
            kept.pop(name, None)
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
        return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **self.variables}


class QuickConsole(Console):
    """Runs Penstock in this process, which spares a second of starting it for every command."""

    def _run(self, command: str) -> Printed:
        words = shlex.split(command)
        if words[0] != "penstock":
            return super()._run(command)
        output, errors = io.StringIO(), io.StringIO()
        mask = os.umask(0o077)
        try:
            with (
                contextlib.chdir(self.folder),
                mock.patch.dict(os.environ, self._environment(), clear=True),
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(errors),
            ):
                exit_code = run(words[1:])
        finally:
            os.umask(mask)
        return Printed(exit_code=exit_code, output=output.getvalue(), errors=errors.getvalue())


def marked_commands(text: str, name: str) -> list[str]:
    """The commands of the blocks that carry a mark, in order."""
    found = [block["text"] for block in _MARKED.finditer(text) if block["name"] == name]
    return [line.removeprefix("$ ") for block in found for line in block.splitlines() if line.startswith("$ ")]
