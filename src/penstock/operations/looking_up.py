"""Looking up who exists at the destination, and settling the plan by it, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from penstock import clock
from penstock.catalog.entities import Activation, Mode
from penstock.destinations.contract import Service, Sought
from penstock.engine import open_engine, state_errors
from penstock.ledger.directory import Directory, bookmark_of, learn
from penstock.ledger.settling import Settling, settle, sought, sought_count
from penstock.ledger.sightings import Sightings
from penstock.operations.comparing import Compared, Observer
from penstock.operations.project import Project, match_key_spec
from penstock.plan.plan import Plan
from penstock.plan.seeking import Seeking
from penstock.runs.closing import directory_of
from penstock.runs.locks import directory_lock

MEMORY = "256MB"
VALUES_AT_ONCE = 10_000


async def look_up_and_settle(
    project: Project, activation: Activation, compared: Compared, path: Path, service: Service, observer: Observer
) -> Compared:
    """Ask who exists where that is needed, and skip who is not to be sent; the plan's records at `path` are replaced.

    Raises DestinationError, CredentialsError or StorageError before anything is sent.
    """
    plan, seeking = compared.plan, service.seeking
    if seeking is None or not plan.counts.sent:
        return compared
    directory = directory_of(project.home, compared.identity)
    lock = project.home.lock_of(directory.path)
    with (
        project.home.scratch(f"look-up-{plan.run}") as scratch,
        closing(open_engine(memory=MEMORY, threads=1, scratch=scratch)) as connection,
    ):
        lookup = _LookUp(connection, plan, path, seeking, directory, lock, scratch)
        count = lookup.count()
        if not count and activation.mode is not Mode.INSERT:
            return compared
        if count:
            observer.stage(f"Looking up {count:,} users at the destination")
            await lookup.ask(service, count, fold_case=match_key_spec(project, activation).fold_case)
        settled = path.with_suffix(".settled")
        settling = Settling(mode=activation.mode, seeking=seeking, recreate=activation.recreate)
        with directory_lock(lock):
            plan = settle(connection, plan, path, settling, directory, to=settled)
        with state_errors("write the plan"):
            settled.replace(path)
    return replace(compared, plan=plan)


@dataclass(frozen=True, slots=True)
class _LookUp:
    connection: duckdb.DuckDBPyConnection
    plan: Plan
    path: Path
    seeking: Seeking
    directory: Directory
    lock: Path
    scratch: Path

    def count(self) -> int:
        return sought_count(self.connection, self.plan, self.path, self.seeking)

    async def ask(self, service: Service, count: int, *, fold_case: bool) -> None:
        """Look up whoever is sought and note in the directory who exists."""
        began = clock.now()
        with directory_lock(self.lock):
            bookmark = bookmark_of(self.connection, self.directory)
        relation = sought(self.plan, self.path, self.seeking)
        sightings = Sightings(self.connection, relation, fold_case=fold_case, spelling=self._spelling)
        wanted = Sought(
            count=count,
            values=self._values,
            bookmark=bookmark.text if bookmark else None,
            listed_at=bookmark.taken_at if bookmark else None,
            listed=bookmark.users if bookmark else 0,
            scratch=self.scratch,
        )
        found = await service.look_up(wanted, sightings)
        if found.listing:
            learnt = sightings.listed(bookmark=found.bookmark, taken_at=began, since=found.since)
        else:
            learnt = sightings.asked()
        with directory_lock(self.lock):
            learn(self.connection, self.directory, learnt, now=began)

    @property
    def _spelling(self) -> str:
        """The plan's column with the match value as it is sent."""
        return "address" if self.plan.keeps_case else "match"

    def _values(self) -> Iterator[Sequence[str]]:
        reading = self.connection.cursor()
        with state_errors("read the plan"), closing(reading):
            rows = reading.sql(f"SELECT {self._spelling} FROM {sought(self.plan, self.path, self.seeking)}")
            for batch in rows.to_arrow_reader(VALUES_AT_ONCE):
                yield batch.column(0).to_pylist()
