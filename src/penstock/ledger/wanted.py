"""Users of those who left that are still wanted: by another record, or by another activation of the account.

They are neither cleared nor removed; what another activation wants is removed once it does no longer. Other
activations are known by their ledgers: one that never ran wants nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.engine import attach, state_errors
from penstock.errors import StorageError
from penstock.ledger.census import MEMBERS
from penstock.ledger.gathering import gather, has_rows
from penstock.ledger.leaving import WANTED
from penstock.ledger.state import LedgerIdentity, identity_from_json

_OTHER = "penstock_other"
_LEAVERS = "penstock_leavers"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLedger:
    """The ledger of another activation, if it has one, and whose users this activation's are."""

    activation: str
    path: Path
    identity: LedgerIdentity


def gather_wanted(connection: duckdb.DuckDBPyConnection, plan: Path, others: tuple[OtherLedger, ...]) -> bool:
    """Make WANTED of a plan that is not final yet; return whether there is anybody.

    Raises StorageError where another activation's ledger cannot be read.
    """
    parameters = {"path": str(plan)}
    leavers = "SELECT key, match, remote_id FROM read_parquet($path) WHERE gone AND op <> 'leave'"
    if not gather(connection, _LEAVERS, leavers, parameters):
        return False
    wanted = f"SELECT key, false AS elsewhere FROM {_LEAVERS} WHERE {_by_records()}"
    gather(connection, WANTED, wanted, parameters)
    for other in others:
        if other.path.exists():
            _add_members_of(connection, other)
    return has_rows(connection, f"FROM {WANTED}")


def _by_records() -> str:
    """SQL that is true of a leaver whose user another record of the segment has."""
    left = f"SELECT key FROM {_LEAVERS}"
    return (
        f"match IN (SELECT match FROM {MEMBERS})"
        f" OR remote_id IN (SELECT remote_id FROM penstock_ledger.confirmed WHERE member AND key NOT IN ({left}))"
        " OR remote_id IN (SELECT remote_id FROM read_parquet($path) WHERE NOT gone)"
    )


def _add_members_of(connection: duckdb.DuckDBPyConnection, other: OtherLedger) -> None:
    doing = f"see whom activation `{other.activation}` still wants"
    with state_errors(doing):
        try:
            attach(connection, other.path, _OTHER, read_only=True)
            try:
                _add_members(connection, other.identity)
            finally:
                connection.execute(f"DETACH {_OTHER}")
        except (duckdb.CatalogException, duckdb.BinderException, KeyError, ValueError) as error:
            raise StorageError(
                f"Penstock could not {doing}: its ledger {other.path.name} cannot be read. Nothing was sent.",
                fix=f"Run `penstock run {other.activation} --full`, which starts a new ledger; then run again.",
                code="ledger_damaged",
            ) from error


def _add_members(connection: duckdb.DuckDBPyConnection, mine: LedgerIdentity) -> None:
    row = connection.execute(f"SELECT value FROM {_OTHER}.meta WHERE name = 'identity'").fetchone()
    theirs = identity_from_json(json.loads(row[0] if row else "{}"))
    if not theirs.account.is_same_as(mine.account) or theirs.service != mine.service:
        return
    members = f"FROM {_OTHER}.confirmed WHERE member"
    wanted = f"remote_id IN (SELECT remote_id {members})"
    if theirs.match_key == mine.match_key:
        wanted += f" OR match IN (SELECT match {members})"
    connection.execute(
        f"INSERT INTO {WANTED} SELECT key, true FROM {_LEAVERS}"
        f" WHERE ({wanted}) AND key NOT IN (SELECT key FROM {WANTED})"
    )
