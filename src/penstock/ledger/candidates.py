"""The records that a comparison looks at: the desired one, the ledger's row, and the exceptions in force for them."""

from __future__ import annotations

from penstock.catalog.entities import Leave
from penstock.ledger.census import DESIRED, DIFFERING
from penstock.ledger.comparison import Comparison, Part, Shape
from penstock.ledger.directory import KNOWN
from penstock.ledger.leaving import PENDING

HELD_RECORDS = "penstock_held_records"
"""Table (key, tried, code) of record holds that are in force."""
HELD_FIELDS = "penstock_held_fields"
"""Table (key, w<word>) of field holds that are in force, as bits."""
DOUBTED = "penstock_doubted"
"""Table (key, w<word>, removal) of what is in doubt, as bits; a doubted creation or removal has a row with no bit."""
PROBES = "penstock_probes"
"""Table (key, w<word>) of the records that try a withheld field again, as bits."""


def candidates_sql(comparison: Comparison, part: Part) -> str:
    """FROM clause with the desired record as `d`, the ledger's row as `c`, and the exceptions in force."""
    if comparison.shape is Shape.FIRST:
        tables = f"{DESIRED} AS d"
    elif part is Part.ALL:
        tables = f"{DESIRED} AS d FULL JOIN penstock_ledger.confirmed AS c ON c.key = d.key"
    elif part is Part.SAME:
        same = f"member AND NOT EXISTS (FROM {DIFFERING} AS k WHERE k.key = l.key)"
        tables = (
            f"{DESIRED} AS d JOIN (SELECT * FROM penstock_ledger.confirmed AS l WHERE {same}) AS c ON c.key = d.key"
        )
    else:
        tables = (
            f"({_differing_keys(comparison)}) AS k LEFT JOIN {DESIRED} AS d ON d.key = k.key"
            " LEFT JOIN penstock_ledger.confirmed AS c ON c.key = k.key"
        )
    if comparison.has_holds:
        tables += f" LEFT JOIN {HELD_RECORDS} AS hr ON hr.key = {key_sql(comparison, part)}"
        tables += f" LEFT JOIN {HELD_FIELDS} AS hf ON hf.key = d.key"
    if comparison.has_doubts:
        tables += f" LEFT JOIN {DOUBTED} AS q ON q.key = {key_sql(comparison, part)}"
    if comparison.probe:
        tables += f" LEFT JOIN {PROBES} AS t ON t.key = d.key"
    if comparison.has_directory:
        leavers_too = comparison.leave is not Leave.KEEP and comparison.shape is not Shape.FIRST
        match = match_sql("match", part) if leavers_too else "d.match"
        tables += f" LEFT JOIN {KNOWN} AS dir ON dir.match = {match}"
    return tables


def _differing_keys(comparison: Comparison) -> str:
    """SELECT of the keys whose values are compared: where anything differs, or might be due all the same."""
    keys = f"SELECT key FROM {DIFFERING}"
    keys += f" UNION SELECT key FROM {PENDING}" if comparison.has_pending else ""
    if comparison.shape is Shape.DIFFERING:  # else they are among the others
        keys += f" UNION SELECT key FROM {DOUBTED}" if comparison.has_doubts else ""
        keys += f" UNION SELECT key FROM {PROBES}" if comparison.probe else ""
    return keys


def key_sql(comparison: Comparison, part: Part) -> str:
    """SQL of the key of a candidate."""
    if part is Part.DIFFERING:
        return "k.key"
    return "d.key" if comparison.shape is Shape.FIRST or part is Part.SAME else "coalesce(d.key, c.key)"


def match_sql(column: str, part: Part) -> str:
    """SQL of a match value as it is desired, or as it is confirmed of whoever is gone."""
    return f"d.{column}" if part is Part.SAME else f"coalesce(d.{column}, c.match)"


def identity_changed_sql(part: Part) -> str:
    """SQL that is true of a known record whose match value is another than the confirmed one."""
    if part is Part.SAME:
        return "false"
    return f"(c.key IS NOT NULL AND {match_sql('match', part)} IS DISTINCT FROM c.match)"


def remote_id_sql(comparison: Comparison) -> str:
    """SQL of the id under which a record's user is known; the directory's is never older than the ledger's."""
    known = ["dir.remote_id"] if comparison.has_directory else []
    known += ["c.remote_id"] if comparison.shape is not Shape.FIRST else []
    remote_id = f"coalesce({', '.join(known)})" if known else "CAST(NULL AS VARCHAR)"
    if comparison.has_doubts:
        # Whoever returned and may have been deleted is looked for by match value, and created if need be.
        back = "d.key IS NOT NULL AND c.confirmed_at IS NULL AND coalesce(q.removal, false)"
        remote_id = f"CASE WHEN {back} THEN NULL ELSE {remote_id} END"
    return remote_id


def seen_at_sql(comparison: Comparison) -> str:
    """SQL of when a record's user was last known to exist."""
    known = ["dir.seen_at"] if comparison.has_directory else []
    known += ["c.confirmed_at"] if comparison.shape is not Shape.FIRST else []
    return f"greatest({', '.join(known)})" if known else "CAST(NULL AS TIMESTAMPTZ)"


def in_doubt_sql(comparison: Comparison) -> str:
    """SQL that is true of a record of which something is in doubt."""
    return "q.key IS NOT NULL" if comparison.has_doubts else "false"
