"""What the benchmarks stand on: versions of the data, and a project whose ledger a first run has filled."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.children import run_step, two_cores
from benchmarks.data import ALL, FEW, SENT, TABLE, Shares
from benchmarks.figures import Result
from benchmarks.project import ProjectFile, ledger_of
from benchmarks.servers import stub

FIRST_RUN_MEMORY = "256MB"
FIRST_RUN_THREADS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """Data of one size, made when first asked for; `rounds` is how often a measurement is repeated."""

    folder: Path
    rows: int
    rounds: int
    profile: bool
    port: int
    """Where the stub listens: a ledger names its account, and the address is part of that."""

    @property
    def project(self) -> Path:
        """The project that was run once; its file is written anew for each measurement."""
        return self.folder / "project"

    def source(self, version: int) -> Path:
        """Return the file of a version of the data, in which few records differ from the one before."""
        return self._written(f"customers-{version}", version, FEW)

    def all_changed(self) -> Path:
        """Return the file of a version in which every record differs from version 0 in a field or two."""
        return self._written("customers-all-changed", 1, ALL)

    def parquet(self, version: int) -> Path:
        """Return the Parquet file of a version, alone in its folder; nobody leaves in between."""
        path = self.folder / f"parquet-{version}" / f"{TABLE}.parquet"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            arguments = {"path": str(path), "rows": self.rows, "version": version, "shares": asdict(SENT)}
            run_step("sources:write_files", arguments)
        return path

    def _written(self, name: str, version: int, shares: Shares) -> Path:
        path = self.folder / f"{name}.duckdb"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            arguments = {"path": str(path), "rows": self.rows, "version": version, "shares": asdict(shares)}
            run_step("sources:write", arguments)
        return path

    def first_run(self, address: str, project: Path) -> Result:
        """Deliver everything for the first time, from a clean state; client and server on a core each."""
        shutil.rmtree(project, ignore_errors=True)
        ProjectFile(
            source=self.source(0), base_url=address, memory=FIRST_RUN_MEMORY, threads=FIRST_RUN_THREADS
        ).write(project)
        cores, _ = two_cores()
        return run_step("product:run", {"project": str(project), "profile": self.profile}, cores=cores)

    def delivered(self) -> Path:
        """Return the project with the ledger of version 0."""
        if not ledger_of(self.project).exists():
            with self.stub() as address:
                self.first_run(address, self.project)
        return self.project

    def stub(self) -> AbstractContextManager[str]:
        """Run the stub; gives its address."""
        return stub(self.port)

    def copy(self, name: str) -> Path:
        """Return a copy of that project, with its ledger, to be changed."""
        copy = self.folder / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.delivered(), copy, ignore=shutil.ignore_patterns("runs", "tmp"))
        return copy
