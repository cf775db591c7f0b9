"""Fields that are only sent while the user has no value there: the values are read before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from penstock.catalog.entities import When
from penstock.destinations.contract import Service, UserRef
from penstock.ledger.filled import FilledFields
from penstock.operations.comparing import Compared, Observer
from penstock.operations.project import Project
from penstock.operations.rewriting import rewriting

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
    with rewriting(project.home, plan.run, path) as anew:
        fields = FilledFields(anew.connection, plan, path)
        for numbers, matches, ids in fields.records(USERS_AT_ONCE):
            users = [UserRef(match=match, remote_id=id_) for match, id_ in zip(matches, ids, strict=True)]
            fields.note(numbers, await service.filled(users, ruled))
        plan = fields.take_out(anew.to)
    return replace(compared, plan=plan)
