"""A small project over a DuckDB file, run through the real command line against the real emulator."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.emulator import KEY

PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - name: customers
    source: shop
    table: customers
    kind: users
    primary_key: id
destinations:
  - {{name: marketing, type: iterable, api_key: "${{ITERABLE_API_KEY}}", base_url: "{url}",
     requests_per_second: 1000}}
activations:
  - name: everybody
    model: customers
    destination: marketing
    service: users
    match: {{email: email}}
    fields: {{{fields}}}
settings: {{timezone: Europe/Paris}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A command that has ended."""

    exit_code: int
    text: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The project's folder and how to change what it holds."""

    folder: Path
    url: str

    def sql(self, *statements: str) -> None:
        """Change the shop's database."""
        with duckdb.connect(self.folder / "shop.duckdb") as connection:
            for statement in statements:
                connection.execute(statement)

    def map(self, **fields: str) -> None:
        """Write the project with these destination fields."""
        mapping = ", ".join(f"{name}: {source}" for name, source in fields.items())
        (self.folder / "penstock.yaml").write_text(PROJECT.format(url=self.url, fields=mapping))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "penstock.cli.main", *arguments, "--project", str(self.folder)]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ITERABLE_API_KEY": KEY}

    def penstock(self, *arguments: str) -> Run:
        """Run a command to its end."""
        ended = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Run(exit_code=ended.returncode, text=ended.stdout, errors=ended.stderr)

    @contextmanager
    def begun(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """A command under way, killed at the latest with the block."""
        with subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str, exit_code: int = 0) -> Any:
        """Run the activation and return its report."""
        ended = self.penstock("run", "everybody", "--json", *arguments)
        assert ended.exit_code == exit_code, ended.text + ended.errors
        return ended.json


def attributes(users: dict[str, Any], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Those attributes of every user that are there."""
    return {email: {n: fields[n] for n in names if n in fields} for email, fields in users.items()}
