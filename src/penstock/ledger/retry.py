"""Trying again what is on hold: which holds a plan passes over at somebody's request, and what that let go of.

Nothing is removed from the ledger beforehand: a plan sends what was held, and folding it ends the hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from penstock.ledger.census import DESIRED
from penstock.ledger.folded_run import LEAVING
from penstock.plan.outcomes import FIELD_IGNORED
from penstock.plan.retry import FIELD_HELD, Retry

FREED = "penstock_freed"
"""Table (key, match, slot, code) of the holds that are passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a retry lets go of, and which of the reasons and keys that it names have nothing on hold."""

    records: int = 0
    values: int = 0
    fields: tuple[str, ...] = ()
    """Withheld fields."""
    idle_reasons: tuple[str, ...] = ()
    idle_keys: tuple[str, ...] = ()
    on_hold: Mapping[str, int]
    """Every reason for which something is on hold → how much."""


def free_holds(connection: duckdb.DuckDBPyConnection, retry: Retry) -> None:
    """Make FREED of the chosen holds of records that are desired, or about to leave."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {FREED} AS SELECT h.key, coalesce(d.match, c.match) AS match, h.slot, h.code"
        f" FROM {_HELD}"
        " AND ($all_reasons OR h.code IN (SELECT unnest($reasons::VARCHAR[])) OR ($any_field AND h.slot >= 0))"
        " AND ($all_keys OR EXISTS (FROM (SELECT unnest($keys::VARCHAR[]) AS name) AS k"
        f" WHERE {_is_named('h.key', 'coalesce(d.match, c.match)')}))",
        {
            "all_reasons": not retry.reasons,
            "reasons": sorted(retry.reasons),
            "any_field": FIELD_HELD in retry.reasons,
            "all_keys": not retry.keys,
            "keys": sorted(retry.keys),
        },
    )


def read_freed(connection: duckdb.DuckDBPyConnection, retry: Retry, withheld: tuple[str, ...]) -> Freed:
    """Say what a retry let go of; `withheld` are the fields that were withheld before."""
    row = connection.execute(
        f"SELECT count(*) FILTER (slot < 0), count(*) FILTER (slot >= 0) FROM {FREED}"
    ).fetchone()
    records, values = row or (0, 0)
    idle_keys = connection.execute(
        "SELECT k.name FROM (SELECT unnest($keys::VARCHAR[]) AS name) AS k"
        f" WHERE NOT EXISTS (FROM {FREED} AS f WHERE {_is_named('f.key', 'f.match')}) ORDER BY k.name",
        {"keys": sorted(retry.keys)},
    ).fetchall()
    on_hold = _on_hold(connection) | ({FIELD_IGNORED: len(withheld)} if withheld else {})
    return Freed(
        records=records,
        values=values,
        fields=withheld if retry.frees_withheld else (),
        idle_reasons=tuple(sorted(retry.reasons - on_hold.keys())),
        idle_keys=tuple(str(name) for (name,) in idle_keys),
        on_hold=on_hold,
    )


def nothing_freed(retry: Retry) -> Freed:
    """Say that nothing is on hold, for there is no ledger."""
    return Freed(idle_reasons=tuple(sorted(retry.reasons)), idle_keys=tuple(sorted(retry.keys)), on_hold={})


def _on_hold(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT h.code, count(*), count(*) FILTER (h.slot >= 0) FROM {_HELD} GROUP BY h.code ORDER BY h.code"
    ).fetchall()
    values = sum(number for _, _, number in rows)
    return {str(code): number for code, number, _ in rows} | ({FIELD_HELD: values} if values else {})


_HELD = (
    f"penstock_ledger.holds AS h LEFT JOIN {DESIRED} AS d ON d.key = h.key LEFT JOIN penstock_ledger.confirmed AS c"
    f" ON c.key = h.key WHERE (d.key IS NOT NULL OR c.member OR h.slot = {LEAVING})"
)
"""SQL of the holds that matter: of whoever is desired, or a member whose leaving is due, and pending removals."""


def _is_named(key: str, match: str) -> str:
    """SQL that is true where `k.name` names a record; match values may be kept in lower case."""
    return f"({key}::VARCHAR = k.name OR {match} IN (k.name, lower(k.name)))"
