"""Fields that are only sent while the user has no value there: the values are read before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from penstock.catalog.entities import Activation, When
from penstock.destinations.contract import Service, UserRef
from penstock.ledger.filled import FilledFields
from penstock.ledger.settling import count
from penstock.operations.comparing import Compared, Observer
from penstock.operations.project import Project, match_key_spec
from penstock.operations.rewriting import rewriting

USERS_AT_ONCE = 1_000


async def leave_filled(
    project: Project, activation: Activation, compared: Compared, path: Path, service: Service, observer: Observer
) -> Compared:
    """Read which users have a value already, and leave those values alone; the records at `path` are replaced.

    Raises DestinationError, CredentialsError or StorageError before anything is sent.
    """
    plan = compared.plan
    ruled = [m.field for m in plan.slots if m.field.mapping.when is When.ONLY_IF_EMPTY]
    if not plan.counts.sent or not any(field.name in plan.changes for field in ruled):
        return compared
    fold_case = match_key_spec(project, activation).fold_case
    with rewriting(project.home, plan.run, path) as anew:
        fields = FilledFields(anew.connection, plan, path, fold_case=fold_case)
        asked = _Asked(anew.connection, fields, anew.scratch, observer)
        observer.stage("Reading which users have a value already", asked.count())
        await service.read_filled(ruled, asked)
        plan = fields.take_out(anew.to)
    return replace(compared, plan=plan)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The users of a plan of whom it is asked which fields have a value; the observer sees them being read."""

    connection: duckdb.DuckDBPyConnection
    fields: FilledFields
    scratch: Path
    observer: Observer

    def count(self) -> int:
        """How many are not known, so far, to have a value in every field that is to be sent."""
        return count(self.connection, self.fields.unfilled)

    def users(self) -> Iterator[Sequence[UserRef]]:
        """Those users; whoever takes the next ones is done with these."""
        for matches, ids in self.fields.records(USERS_AT_ONCE):
            yield [UserRef(match=match, remote_id=id_) for match, id_ in zip(matches, ids, strict=True)]
            self.observer.advance(len(matches))

    def note(self, matches: Sequence[str] | pa.Array, filled: Mapping[str, Sequence[bool] | pa.Array]) -> None:
        """Take down which of these users have a value, for each field by name."""
        self.fields.note(matches, filled)
