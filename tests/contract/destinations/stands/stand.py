"""What the suite for every destination needs to know of one: how to set it up, look at it and trouble it."""

import json
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from tests.emulator import Emulator, Zendesk

PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - {{name: customers, source: shop, table: customers, kind: users, primary_key: id}}
destinations:
  - {destination}
activations:
  - name: everybody
    model: customers
    destination: there
    service: users
    match: {{email: email}}
    fields: {{name: name}}
    custom_attributes: [{custom}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A record of a write request: the attributes alone, without what addresses it."""

    address: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended, with its JSON document."""

    exit_code: int
    document: Any


class Stand(ABC):
    """A destination with its emulator; every test begins with an account in which there is nobody."""

    name: str
    records_per_write: int
    writes_in_flight: int
    secrets: ClassVar[Mapping[str, str]]

    @abstractmethod
    def destination(self, *, secret: str | None = None, **settings: Any) -> str:
        """The destination `there` as a project file says it; `secret` stands instead of the right one."""

    @abstractmethod
    def users(self) -> dict[str, dict[str, Any]]:
        """E-mail address of every user there → its attributes `name`, `plan`, `city`, as far as they have a value."""

    @abstractmethod
    def writes(self) -> list[list[Sent]]:
        """The write requests about users since the reset, with their records; not those that were throttled."""

    @abstractmethod
    def deletions(self) -> list[str]:
        """Whom delete requests named since the reset: an address for each time."""

    @abstractmethod
    def suspended(self) -> set[str]:
        """The addresses of users who are suspended."""

    @abstractmethod
    def seed(self, people: Mapping[int, str]) -> None:
        """Let people exist there, number → address, who were made by somebody else; look-ups find them at once."""

    @abstractmethod
    def under_way(self) -> int:
        """How many requests the emulator holds back by a fault, whether their sender lives or not."""

    @abstractmethod
    def trouble(self, what: str, **more: Any) -> None:
        """Injure the writes about users: a fault's `do` and its other keys."""

    @abstractmethod
    def slow_down(self, seconds: float) -> None:
        """Let every write take its time, removals included."""

    @abstractmethod
    def heal(self) -> None:
        """Take all faults away."""

    @abstractmethod
    def reset(self) -> None:
        """Another account takes the place of this one."""

    def write(self, folder: Path, *, custom: Sequence[str] = ("plan", "city"), secret: str | None = None) -> None:
        """Write the project."""
        text = PROJECT.format(destination=self.destination(secret=secret), custom=", ".join(custom))
        (folder / "penstock.yaml").write_text(text)


def held_back(emulator: Emulator | Zendesk) -> int:
    """How many requests a fault delays."""
    delayed: int = emulator.call("GET", "/_sandbox/delayed").json()["requests"]
    return delayed


@dataclass(frozen=True, slots=True)
class Desk:
    """A project that sends everybody to a stand, through the real command line."""

    folder: Path
    stand: Stand

    def sql(self, *statements: str) -> None:
        """Change the shop's database."""
        with duckdb.connect(self.folder / "shop.duckdb") as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, query: str) -> list[Any]:
        """The rows that a query of the shop's database gives."""
        with duckdb.connect(self.folder / "shop.duckdb", read_only=True) as connection:
            return connection.execute(query).fetchall()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "penstock.cli.main", *arguments, "--project", str(self.folder)]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.stand.secrets}

    def penstock(self, *arguments: str, hours_later: int = 0) -> Ended:
        """Run a command to its end, so many hours from now as far as the command can tell."""
        command = self.command(*arguments, "--json")
        if hours_later:
            command[1:3] = ["-m", "tests.later", str(hours_later)]
        ended = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        assert ended.stdout, ended.stderr
        return Ended(exit_code=ended.returncode, document=json.loads(ended.stdout))

    def run(self, *arguments: str, exit_code: int = 0, hours_later: int = 0) -> Any:
        """Run the activation and return its report."""
        ended = self.penstock("run", "everybody", *arguments, hours_later=hours_later)
        assert ended.exit_code == exit_code, json.dumps(ended.document, indent=1)
        return ended.document

    def kill_run_once(self, happened: Callable[[], object]) -> None:
        """Start a run and kill it as soon as something has happened, before the run ends."""
        with self._run_until(happened, "--quiet", "--allow", "changed") as process:
            process.kill()

    def interrupt_run_once(self, happened: Callable[[], object]) -> Ended:
        """Start a run and ask it to end as soon as something has happened."""
        with self._run_until(happened, "--json") as process:
            process.send_signal(signal.SIGINT)
            text, errors = process.communicate(timeout=120)
        assert "Traceback" not in errors, errors
        return Ended(exit_code=process.returncode, document=json.loads(text))

    @contextmanager
    def _run_until(self, happened: Callable[[], object], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        with subprocess.Popen(
            self.command("run", "everybody", *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                while not happened():
                    assert process.poll() is None, "the run ended before that happened"
                    time.sleep(0.02)
                yield process
            finally:
                process.kill()
