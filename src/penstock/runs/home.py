"""Where Penstock keeps its state: the folder `.penstock` of a project, readable by its owner alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from penstock.engine import state_errors

FOLDER = ".penstock"


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of a project's state; `open_home` makes the folders."""

    folder: Path

    def ledger(self, activation: str) -> Path:
        """The ledger of an activation."""
        return self.folder / "ledgers" / f"{activation}.duckdb"

    def run_folder(self, run: str) -> Path:
        """The folder of a run, with its plan."""
        return self.folder / "runs" / run

    def plan_file(self, run: str) -> Path:
        """The records of a run's plan."""
        return self.run_folder(run) / "plan.parquet"

    def plan_document(self, run: str) -> Path:
        """A run's plan without its records."""
        return self.run_folder(run) / "plan.json"

    def moves_file(self, run: str) -> Path:
        """The keys of those who entered and who left before a run."""
        return moves_beside(self.plan_file(run))

    def set_aside_file(self, run: str) -> Path:
        """The keys of those whom a run's plan sets aside."""
        return set_aside_beside(self.plan_file(run))

    def shapes(self, run: str) -> Path:
        """How the records of a run were written."""
        return self.run_folder(run) / "shapes.json"

    def directory(self, place: str) -> Path:
        """The directory of the account at a place."""
        return self.folder / "directories" / f"{place}.duckdb"

    @property
    def paces(self) -> Path:
        """The folder in which it is remembered when each account may be asked again."""
        return self.folder / "paces"

    def queue(self, place: str) -> Path:
        """The folder of the runs that send to the account at a place, or wait to."""
        return self.folder / "queues" / place

    def lock_of(self, file: Path) -> Path:
        """The lock of a file or folder that several activations share."""
        return self.lock(f"{file.parent.name}.{file.stem}")

    def lock(self, name: str) -> Path:
        """A lock file."""
        return self.folder / "locks" / f"{name}.lock"

    def kept_runs(self) -> frozenset[str]:
        """The runs whose plan is kept. Raises StorageError."""
        with state_errors("look at the runs"):
            return frozenset(path.parent.name for path in (self.folder / "runs").glob("*/plan.json"))

    def forget_run(self, run: str) -> None:
        """Remove what a run wrote that never came to sending."""
        shutil.rmtree(self.run_folder(run), ignore_errors=True)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A folder for what does not outlive the block."""
        folder = self.folder / "tmp" / name
        with state_errors("make a folder for temporary files"):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def moves_beside(records: Path) -> Path:
    """The file of those who entered and who left, beside the records of a plan."""
    return records.with_name("moves.parquet")


def set_aside_beside(records: Path) -> Path:
    """The file of those who are set aside, beside the records of a plan."""
    return records.with_name("set_aside.parquet")


def home_of(root: Path) -> Home:
    """Name a project's state folder without touching it."""
    return Home(root / FOLDER)


def open_home(root: Path) -> Home:
    """Make the state folder if need be; whatever this process writes from now on is its owner's alone.

    Raises StorageError when the project cannot be written.
    """
    home = home_of(root)
    os.umask(0o077)
    with state_errors("open the project's state folder"):
        home.folder.mkdir(mode=0o700, exist_ok=True)
        for name in ("ledgers", "directories", "runs", "locks", "paces", "tmp"):
            (home.folder / name).mkdir(exist_ok=True)
        if not os.access(home.folder, os.W_OK):
            raise PermissionError(13, f"no right to write into {home.folder}")
    return home
