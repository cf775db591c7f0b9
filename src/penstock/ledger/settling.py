"""Settling a plan once the destination was asked who exists there: before anything is sent, some are skipped.

The directory holds the answers: whoever was looked up and is not in it does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from penstock.catalog.entities import Mode
from penstock.engine import state_errors
from penstock.ledger import summary
from penstock.ledger.directory import KNOWN, Directory, opened
from penstock.ledger.rewriting import rewrite
from penstock.ledger.rules import is_sent_anew_sql
from penstock.mapping.slots import bit_sum, mask
from penstock.plan.outcomes import ABSENT, ALREADY_THERE, DELETED
from penstock.plan.plan import Plan
from penstock.plan.routes import relocated_sql
from penstock.plan.seeking import Seeking, sought_sql, unlocated_sql
from penstock.quoting import quote_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How a plan is settled; `recreate` creates in full whoever was deleted, instead of skipping them.

    `now` is when users were looked up; `gone` a relation (remote_id) of users who were known and are deleted.
    """

    mode: Mode
    seeking: Seeking
    recreate: bool
    now: datetime
    gone: str | None = None


def sought(plan: Plan, path: Path, seeking: Seeking, *, now: datetime) -> str:
    """SQL relation of the records of a plan (at `path`) that are looked up before it is sent."""
    condition = sought_sql(seeking, addresses_known=plan.addresses_known, now=now)
    return f"(FROM read_parquet({quote_text(str(path))}) WHERE {condition})"


def thought_there(path: Path) -> str:
    """SQL relation of the records of a plan (at `path`) that are not created because their users are known."""
    known = "op = 'create' AND remote_id IS NOT NULL AND NOT in_doubt"
    return f"(SELECT match, remote_id FROM read_parquet({quote_text(str(path))}) WHERE {known})"


def count(connection: duckdb.DuckDBPyConnection, records: str) -> int:
    """Count records of a plan, such as those who are sought. Raises StorageError."""
    with state_errors("read the plan"):
        ((number,),) = connection.execute(f"SELECT count(*) FROM {records}").fetchall()
    return int(number)


def settle(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    path: Path,
    settling: Settling,
    directory: Directory,
    *,
    to: Path,
) -> Plan:
    """Write the settled records of a plan (at `path`) `to` another file, and return the plan that fits them.

    Raises StorageError.
    """
    with opened(connection, directory) as has_directory, state_errors("write the plan"):
        settled = rewrite(connection, plan, _settled_sql(plan, path, settling, has_directory=has_directory), to)
        return replace(settled, fixed=summary.fixed(connection, to, plan.slots))


def _settled_sql(plan: Plan, path: Path, settling: Settling, *, has_directory: bool) -> str:
    """SELECT of the settled records, with the columns of a plan's file."""
    seeking, by_id, now = settling.seeking, plan.addresses_known, settling.now
    is_sought = sought_sql(seeking, addresses_known=by_id, now=now)
    unlocated = unlocated_sql(seeking, addresses_known=by_id, now=now)
    asked = f"SELECT *, {is_sought} AS sought, {unlocated} AS unlocated FROM read_parquet({quote_text(str(path))})"
    rows = f"SELECT *, false AS found FROM ({asked})"
    if has_directory:
        rows = (
            "SELECT p.* REPLACE (coalesce(p.remote_id, k.remote_id) AS remote_id), k.match IS NOT NULL AS found"
            f" FROM ({asked}) AS p LEFT JOIN {KNOWN} AS k ON k.match = p.match"
        )
    lost = "(sought AND NOT found)"
    skip, recreated = _skip_sql(settling, lost)
    judged = f"SELECT *, {skip} AS skipped, {recreated} AS recreated FROM ({rows})"
    changes = ["CASE WHEN skipped IS NOT NULL THEN 'skip' ELSE op END AS op", "coalesce(skipped, code) AS code"]
    if plan.addresses_known:
        changes.append(f"{relocated_sql('route', 'remote_id')} AS route")
    for word in plan.words:
        changes += _bits(plan, word)
    if settling.recreate and plan.compared:
        changes += _nothing_confirmed(plan)
    columns = f"* EXCLUDE (found, sought, unlocated, skipped, recreated) REPLACE ({', '.join(changes)})"
    return f"SELECT {columns} FROM ({judged})"


def _skip_sql(settling: Settling, lost: str) -> tuple[str, str]:
    """SQL of why a record is skipped, null if it is sent, and SQL that is true of whoever is created again.

    Whoever may have been created by us, by a request whose answer was lost, is not taken for somebody else's.
    """
    left = f"WHEN {lost} AND op = 'clear' THEN {quote_text(DELETED)}"
    if settling.mode is Mode.INSERT:
        there = "(op = 'create' AND (found OR NOT unlocated) AND NOT in_doubt)"
        if settling.gone is not None:
            is_gone = f"{there} AND remote_id IN (SELECT remote_id FROM {settling.gone})"
            left += f" WHEN {is_gone} THEN {quote_text(DELETED)}"
        return f"CASE {left} WHEN {there} THEN {quote_text(ALREADY_THERE)} END", "false"
    absent = f"WHEN {lost} AND op = 'create' THEN {quote_text(ABSENT)}"
    if settling.recreate:
        return f"CASE {left} {absent} END", f"({lost} AND op = 'update')"
    return f"CASE {absent} WHEN {lost} THEN {quote_text(DELETED)} END", "false"


def _nothing_confirmed(plan: Plan) -> Iterator[str]:
    """SQL of what is confirmed: of whoever is created again nothing, also of what is not sent now."""
    for word in plan.words:
        yield from (f"CASE WHEN recreated THEN 0 ELSE {bits}{word} END AS {bits}{word}" for bits in ("s", "e"))
    for before in (mapped.slot.before for mapped in plan.slots):
        yield f"CASE WHEN NOT recreated THEN {before} END AS {before}"


def _bits(plan: Plan, word: int) -> list[str]:
    """SQL of a word of bits of the due fields: those that are sent, and those that only a creation may set.

    Whoever is created again gets every value; whoever turned out to exist gets none that only a creation may set.
    """
    ours = [mapped for mapped in plan.slots if mapped.slot.number not in plan.withheld]
    everything = bit_sum([(m.slot.number, is_sent_anew_sql(m)) for m in ours if m.slot.word == word], word)
    fixed = mask((mapped.slot.number for mapped in plan.slots if mapped.field.create_only), word)
    there = "(op = 'create' AND remote_id IS NOT NULL)" if plan.addresses_known else "(op = 'create' AND found)"
    sent = f"WHEN {there} THEN m{word} & {~fixed} ELSE m{word} END"
    kept = f"WHEN {there} THEN x{word} | (m{word} & {fixed}) ELSE x{word} END"
    return [
        f"CASE WHEN recreated THEN m{word} | x{word} | {everything} {sent} AS m{word}",
        f"CASE WHEN recreated THEN 0 {kept} AS x{word}",
    ]
