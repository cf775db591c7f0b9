"""Who entered and who left since the last run of an activation, whether or not anything was delivered for them.

The ledger knows members of whom the destination confirmed something. Those of the last run whom it does not have, and
those who left then without that being confirmed, are found among the records of that run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.ledger.set_aside import SET_ASIDE
from penstock.plan.plan import Plan
from penstock.quoting import quote_text

_FORMAT = "FORMAT parquet, COMPRESSION zstd"
_OUTSIDE, _LEAVING, _NOW = "penstock_outside", "penstock_leaving", "penstock_outside_now"
"""Tables (key): members of the last run whom the ledger does not have; those who had left then and whom it still has;
members now whom the ledger does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the last run left open: its plan with the file of its records and that of those set aside, if any."""

    plan: Plan
    records: Path | None
    set_aside: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How many entered and left."""

    entered: int
    left: int


def keep_set_aside(connection: duckdb.DuckDBPyConnection, plan: Plan, to: Path) -> None:
    """Write the keys of those whom a plan sets aside into a file, if they have keys."""
    if has_keys_aside(plan):
        connection.execute(f"COPY (SELECT key FROM {SET_ASIDE}) TO {quote_text(str(to))} ({_FORMAT})")


def has_keys_aside(plan: Plan) -> bool:
    """Whether a plan sets aside somebody who has a key."""
    return any(each.code != "key_missing" for each in plan.set_aside)


def find_moves(
    connection: duckdb.DuckDBPyConnection, plan: Plan, records: Path, earlier: Earlier | None, to: Path
) -> Moves:
    """Compare a plan's members with those of the last run; keys go into the file `to` if anybody moved.

    The ledger must be attached if the plan has one. `records` need not be there if nothing is planned. Without
    `earlier` all that the last run planned was confirmed.
    """
    if earlier is None and not records.exists():
        return Moves(entered=0, left=0)
    gone = newcomers = nobody = _nobody(plan)
    if records.exists():
        newcomers = newcomers_sql(plan, records)
        gone = f"SELECT key FROM {_rows(records)} WHERE gone AND was_member" if plan.compared else nobody
    aside = f"SELECT key FROM {SET_ASIDE}" if has_keys_aside(plan) else nobody
    _keep(connection, _NOW, f"{newcomers} UNION ALL {_not_members(plan, aside)}")
    _keep(connection, _OUTSIDE, _not_members(plan, members_outside_sql(earlier)) if earlier else nobody)
    _keep(connection, _LEAVING, _members(plan, _leavers(earlier)) if earlier else nobody)
    entered = f"{_without(f'FROM {_NOW}', _OUTSIDE)} UNION ALL {_without(f'FROM {_LEAVING}', f'({gone})')}"
    stayed = f"({newcomers} UNION ALL {aside})"
    left = f"{_without(gone, _LEAVING)} UNION ALL {_without(f'FROM {_OUTSIDE}', stayed)}"
    moves = f"SELECT key, true AS entered FROM ({entered}) UNION ALL SELECT key, false FROM ({left})"
    connection.execute(f"COPY ({moves}) TO {quote_text(str(to))} ({_FORMAT})")
    row = connection.execute(
        f"SELECT count(*) FILTER (entered), count(*) FILTER (NOT entered) FROM {_rows(to)}"
    ).fetchone()
    found = Moves(entered=row[0], left=row[1]) if row else Moves(entered=0, left=0)
    if not (found.entered or found.left):
        to.unlink()
    return found


def newcomers_sql(plan: Plan, records: Path) -> str:
    """SELECT of the keys of a plan's members whom the ledger did not have as such."""
    known = "known AND was_member" if plan.compared else "known"
    return f"SELECT key FROM {_rows(records)} WHERE NOT gone AND NOT ({known})"


def members_outside_sql(earlier: Earlier) -> str:
    """SELECT of the keys of those members whom the ledger did not have as such, those set aside included."""
    parts = [newcomers_sql(earlier.plan, earlier.records)] if earlier.records else []
    parts += [f"SELECT key FROM {_rows(earlier.set_aside)}"] if earlier.set_aside else []
    return " UNION ALL ".join(parts or [_nobody(earlier.plan)])


def _nobody(plan: Plan) -> str:
    return f"SELECT CAST(NULL AS {plan.key_type}) AS key WHERE false"


def _leavers(earlier: Earlier) -> str:
    return f"SELECT key FROM {_rows(earlier.records)} WHERE gone" if earlier.records else _nobody(earlier.plan)


def _members(plan: Plan, keys: str) -> str:
    if not plan.ledger_id:
        return _nobody(plan)
    return f"SELECT key FROM ({keys}) SEMI JOIN (SELECT key FROM penstock_ledger.confirmed WHERE member) USING (key)"


def _not_members(plan: Plan, keys: str) -> str:
    if not plan.ledger_id:
        return keys
    return f"SELECT key FROM ({keys}) ANTI JOIN (SELECT key FROM penstock_ledger.confirmed WHERE member) USING (key)"


def _without(keys: str, others: str) -> str:
    return f"SELECT key FROM ({keys}) ANTI JOIN {others} AS others USING (key)"


def _keep(connection: duckdb.DuckDBPyConnection, table: str, keys: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {keys}")


def _rows(path: Path) -> str:
    return f"read_parquet({quote_text(str(path))})"
