"""A run that was cut short: its plan is kept, some of its batches went out, and its process is gone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from penstock.catalog.entities import Activation, Catalog, Settings
from penstock.errors import Location
from penstock.operations.project import Project
from penstock.operations.recovery import Recovery
from penstock.plan.plan import Plan
from penstock.plan.shape import Action, Addressing, Batch
from penstock.runs.home import Home, home_of
from penstock.runs.journal import SENDING, Notes, RunRow, RunStore
from penstock.runs.kept import keep_plan
from penstock.runs.shapes import KeptShapes, keep_shapes
from penstock.runs.stream import Cut, stream_batches
from tests.unit.ledger.bench import IDENTITY, Attribute, Bench
from tests.unit.runs.fake_service import FakeService, as_service
from tests.unit.runs.shapes import shape_of


class Silence:
    """Watches a run without a word."""

    def stage(self, sentence: str, records: int | None = None) -> None:
        """A stage begins."""

    def advance(self, records: int) -> None:
        """So many more of its records are done."""


@dataclass
class Interrupted:
    """An activation in a project, with its bench, its run store and the run under way."""

    bench: Bench
    home: Home
    store: RunStore
    service: FakeService
    recreate: bool = False
    plan: Plan | None = None

    def start(self, rows: list[dict[str, object]]) -> list[Batch]:
        """Plan a run of these people and come as far as sending; return its batches of three."""
        self.bench.rows = [*rows]
        plan, _ = self.bench.plan()
        made = self.bench.file(plan)
        assert made is not None
        self.home.run_folder(plan.run).mkdir()
        path = self.home.plan_file(plan.run)
        shutil.copy(made, path)
        keep_plan(self.home, plan, IDENTITY)
        shapes = {a: {each: shape_of(each, a) for each in Addressing} for a in Action}
        keep_shapes(self.home.shapes(plan.run), KeptShapes(shapes=shapes, whole=self.recreate))
        self.store.begin(plan.run, "everyone", "delta", "2026-03-01T08:00:00+00:00")
        self.store.set_status(plan.run, SENDING)
        self.plan = plan
        return list(stream_batches(plan, path, shape_of, Cut(records=3, body_bytes=10**6, whole=self.recreate)))

    def note(self, **notes: object) -> None:
        """Write into the journal of the run under way."""
        assert self.plan is not None
        self.store.record(self.plan.run, Notes(**notes))  # type: ignore[arg-type]

    def recover(self, *, full: bool = False) -> tuple[str, ...]:
        """Do what the next run does first."""
        activation = Activation(
            name="everyone",
            model="people",
            destination="acme",
            service="users",
            match_key="email",
            match_field="email",
            fields=(),
            recreate=self.recreate,
            location=Location(file=Path("activations.yaml"), line=1),
        )
        catalog = Catalog(
            root=self.home.folder.parent,
            sources={},
            models={},
            segments={},
            destinations={},
            activations={},
            settings=Settings(),
        )
        project = Project(catalog=catalog, warnings=(), home=self.home)
        recovery = Recovery(project, activation, self.store, as_service(self.service), Silence())
        return asyncio.run(recovery.run(full=full))

    def rows(self) -> list[RunRow]:
        """The runs that are not over."""
        return list(self.store.unfinished("everyone"))


@contextmanager
def opened(folder: Path) -> Iterator[Interrupted]:
    """A project's state in a folder of its own."""
    home = home_of(folder / "project")
    for name in ("ledgers", "directories", "runs", "locks", "tmp"):
        (home.folder / name).mkdir(parents=True)
    (folder / "bench").mkdir()
    bench = Bench(
        folder / "bench", [Attribute("plan", "text"), Attribute("Plan", "other"), Attribute("size", "whole")]
    )
    bench.ledger, bench.addresses_known = home.ledger("everyone"), True
    store = RunStore(home.folder)
    try:
        yield Interrupted(bench, home, store, FakeService())
    finally:
        store.close()
        bench.close()
