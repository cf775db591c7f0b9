"""Fields that are only sent while the user has no value there: the values are read before anything is sent."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from penstock.catalog.entities import When
from penstock.destinations.contract import Service, UserRef
from penstock.engine import open_engine, state_errors
from penstock.ledger.filled import FilledFields
from penstock.operations.comparing import Compared, Observer
from penstock.operations.project import Project

MEMORY = "256MB"
USERS_AT_ONCE = 1_000


async def leave_filled(
    project: Project, compared: Compared, path: Path, service: Service, observer: Observer
) -> Compared:
    """Read which users have a value already, and leave those values alone; the records at `path` are replaced.

    Raises DestinationError, CredentialsError or StorageError before anything is sent.
    """
    plan = compared.plan
    ruled = [m.field for m in plan.slots if m.field.mapping.when is When.ONLY_IF_EMPTY]
    if not plan.counts.sent or not any(field.name in plan.changes for field in ruled):
        return compared
    observer.stage("Reading which users have a value already")
    with (
        project.home.scratch(f"filled-{plan.run}") as scratch,
        closing(open_engine(memory=MEMORY, threads=1, scratch=scratch)) as connection,
    ):
        fields = FilledFields(connection, plan, path)
        for numbers, matches, ids in fields.records(USERS_AT_ONCE):
            users = [UserRef(match=match, remote_id=id_) for match, id_ in zip(matches, ids, strict=True)]
            fields.note(numbers, await service.filled(users, ruled))
        settled = path.with_suffix(".settled")
        plan = fields.take_out(settled)
        with state_errors("write the plan"):
            settled.replace(path)
    return replace(compared, plan=plan)
