"""A small project on disk and the real command, run as a process."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.emulator import KEY

PENSTOCK = (sys.executable, "-m", "penstock.cli.main")

YAML = """\
sources:
  - {{name: shop, type: files, path: data/}}
models:
  - {{name: people, source: shop, table: people, kind: users, primary_key: id}}
segments:
  - {{name: pros, model: people, where: {{field: plan, is: pro}}}}
  - {{name: nobody, model: people, where: {{field: plan, is: none such}}}}
destinations:
  - {{name: marketing, type: iterable, api_key: "${{ITERABLE_API_KEY}}", base_url: "{url}"}}
activations:
  - name: everyone
    model: people
    destination: marketing
    service: users
    match: {{email: email}}
    fields: {{firstName: name, plan: plan}}
  - name: no_one
    segment: nobody
    destination: marketing
    service: users
    match: {{email: email}}
    fields: {{firstName: name}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True, kw_only=True)
class Project:
    """A project's folder; commands run in it."""

    folder: Path
    url: str
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self.yaml(YAML.format(url=self.url))
        self.people(["1,ana@example.com,Ana,pro", "2,bob@example.com,Bob,free", "3,cy@example.com,Cy,pro"])

    @property
    def file(self) -> Path:
        return self.folder / "penstock.yaml"

    def yaml(self, text: str) -> None:
        self.file.write_text(text)

    def change(self, before: str, after: str) -> None:
        """Change the project file."""
        text = self.file.read_text()
        assert before in text
        self.yaml(text.replace(before, after))

    def people(self, lines: list[str]) -> None:
        (self.folder / "data" / "people.csv").write_text("\n".join(["id,email,name,plan", *lines, ""]))

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
        return {**plain, "TERM": "dumb", "ITERABLE_API_KEY": KEY, **self.env}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*PENSTOCK, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Result:
        """Run a command to its end. No command ever shows a traceback."""
        with self.start(*arguments) as process:
            return ended(process)


def ended(process: "subprocess.Popen[str]") -> Result:
    """Wait for a command's end; one that hangs is ended."""
    try:
        out, err = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        raise
    assert "Traceback" not in out + err, err
    return Result(code=process.returncode, out=out, err=err)
