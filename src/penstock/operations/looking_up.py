"""Looking up who exists at the destination, and settling the plan by it, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from penstock import clock
from penstock.catalog.entities import Activation, Mode
from penstock.counting import counted, were
from penstock.destinations.contract import Service, Sought
from penstock.engine import state_errors
from penstock.ledger.directory import Directory, Learnt, bookmark_of, learn
from penstock.ledger.settling import Settling, count, settle, sought, thought_there
from penstock.ledger.sightings import Sightings
from penstock.operations.comparing import Compared, Observer
from penstock.operations.project import Project, match_key_spec
from penstock.operations.rewriting import rewriting
from penstock.runs.closing import directory_of
from penstock.runs.locks import directory_lock

VALUES_AT_ONCE = 1_000
_AGAIN = "penstock_asked_again"
_DELETED = "penstock_deleted"


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
    now = clock.now()
    with rewriting(project.home, plan.run, path) as anew:
        connection = anew.connection
        users = sought(plan, path, seeking, now=now)
        wanted = count(connection, users)
        if not wanted and activation.mode is not Mode.INSERT:
            return compared
        if wanted:
            observer.stage("Looking up users at the destination", wanted)
            spelling = "address" if plan.keeps_case else "match"
            fold_case = match_key_spec(project, activation).fold_case
            sightings = Sightings(connection, users, fold_case=fold_case, spelling=spelling)
            looking = _LookingUp(connection, sightings, users, spelling, directory, lock, anew.scratch, observer)
            if not await looking.up(service, wanted, now=now):
                return compared
        gone = None
        if activation.mode is Mode.INSERT and plan.addresses_known:
            gone = await _look_at_known(connection, path, service, observer)
            with directory_lock(lock):
                learn(connection, directory, _forgotten(path, gone), now=now)
        settling = Settling(mode=activation.mode, seeking=seeking, recreate=activation.recreate, now=now, gone=gone)
        with directory_lock(lock):
            plan = settle(connection, plan, path, settling, directory, to=anew.to)
    return replace(compared, plan=plan)


async def _look_at_known(
    connection: duckdb.DuckDBPyConnection, path: Path, service: Service, observer: Observer
) -> str:
    """Make a table (remote_id) of the users who are thought to be there already and were deleted; return its name.

    Nothing would be sent of them, so that nobody else would find out.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_DELETED} (remote_id VARCHAR)")
    known = thought_there(path)
    users = count(connection, known)
    if not users:
        return _DELETED
    observer.stage("Looking at users who are known at the destination", users)
    before = service.traffic.read
    with state_errors("read the plan"), closing(connection.cursor()) as reading:
        for batch in reading.sql(f"SELECT remote_id FROM {known}").to_arrow_reader(VALUES_AT_ONCE):
            deleted = await service.gone(batch.column(0).to_pylist())
            if deleted:
                connection.execute(f"INSERT INTO {_DELETED} SELECT unnest($ids::VARCHAR[])", {"ids": list(deleted)})
            observer.advance(batch.num_rows)
    requests, gone = service.traffic.read - before, count(connection, _DELETED)
    service.notices.append(
        f"{counted(users, 'user')} known from before {were(users)} looked at, with {counted(requests, 'request')}:"
        f" {gone:,} {were(gone)} deleted since."
    )
    return _DELETED


def _forgotten(path: Path, gone: str) -> Learnt:
    """What is learnt of users who were deleted."""
    known = thought_there(path)
    return Learnt(
        found=f"(SELECT * FROM {known} LIMIT 0)",
        gone=f"(SELECT match FROM {known} SEMI JOIN {gone} USING (remote_id))",
    )


@dataclass(frozen=True, slots=True)
class _LookingUp:
    """Looks up the users of `sought`, records of a plan; its column `spelling` is how they are asked for."""

    connection: duckdb.DuckDBPyConnection
    sightings: Sightings
    sought: str
    spelling: str
    directory: Directory
    lock: Path
    scratch: Path
    observer: Observer

    async def up(self, service: Service, wanted: int, *, now: datetime) -> bool:
        """Note in the directory who of so many users exists; False if that is left to delivering."""
        with directory_lock(self.lock):
            bookmark = bookmark_of(self.connection, self.directory)
        asking = Sought(
            count=wanted,
            values=partial(self._values, self.sought),
            bookmark=bookmark.text if bookmark else None,
            listed_at=bookmark.taken_at if bookmark else None,
            listed=bookmark.users if bookmark else 0,
            scratch=self.scratch,
        )
        told = await service.look_up(asking, self.sightings)
        if told.left_to_delivery:
            return False
        if told.listing:
            again = None if told.ask_again is None else await self._ask_again(service, asking, told.ask_again)
            learnt = self.sightings.listed(bookmark=told.bookmark, taken_at=now, since=told.since, asked=again)
        else:
            learnt = self.sightings.asked()
        with directory_lock(self.lock):
            learn(self.connection, self.directory, learnt, now=now)
        return True

    async def _ask_again(self, service: Service, asking: Sought, newcomers: int) -> str:
        """Ask singly for users whom a listing does not name; return the relation of those who were asked for."""
        whom = "true" if self.sightings.unseen() <= newcomers else "op <> 'create'"
        columns = ", ".join(dict.fromkeys(("match", self.spelling)))
        # No temporary table, which nobody sees but the connection that made it.
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {_AGAIN} AS SELECT {columns} {self.sightings.unseen_sql} WHERE {whom}"
        )
        again = count(self.connection, _AGAIN)
        if again:
            self.observer.stage("Looking up users whom the listing does not name", again)
            single = replace(asking, count=again, values=partial(self._values, _AGAIN), singly=True)
            await service.look_up(single, self.sightings)
        return _AGAIN

    def _values(self, records: str) -> Iterator[Sequence[str]]:
        with state_errors("read the plan"), closing(self.connection.cursor()) as reading:
            for batch in reading.sql(f"SELECT {self.spelling} FROM {records}").to_arrow_reader(VALUES_AT_ONCE):
                yield batch.column(0).to_pylist()
                self.observer.advance(batch.num_rows)  # whoever takes the next ones is done with these
