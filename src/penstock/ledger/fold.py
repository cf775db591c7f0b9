"""The fold: what a run's receipts confirm becomes the ledger, in one transaction; the rest becomes doubts and holds.

Rows are replaced by DELETE and INSERT: MERGE takes several times as long and doubles the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from penstock.engine import attach, state_errors
from penstock.ledger.compare import tried_hash
from penstock.ledger.directory import Directory, Learnt, learn
from penstock.ledger.state import LEDGER, LedgerIdentity
from penstock.ledger.tables import create_tables, fit_slots, set_meta, write_identity
from penstock.mapping.slots import WORD_BITS, MappedSlot, mask
from penstock.plan.outcomes import DELETED, Outcome
from penstock.plan.plan import Plan
from penstock.plan.receipts import Receipts, range_sql
from penstock.plan.records import records_sql
from penstock.quoting import quote_text

RETRY_AFTER = timedelta(hours=24)
"""A refused record or an ignored field is tried again after this time even if nothing has changed."""
RANGES_PER_STATEMENT = 50
RECORD = -1
"""Stands for the whole record in doubts and holds."""


LEARNT = Learnt(
    found="(SELECT match, remote_id FROM plan SEMI JOIN learnt USING (seq))",
    gone=f"(SELECT match FROM plan JOIN exceptions USING (seq) WHERE exceptions.code = {quote_text(DELETED)})",
)
"""Of the plan that is being folded: who was found at the destination, and who is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What is folded: a plan with its file, its receipts, and whose ledger it is; `path` is the ledger's file.

    `plan_path` is None if the plan has no records.
    """

    path: Path
    identity: LedgerIdentity
    plan: Plan
    plan_path: Path | None
    receipts: Receipts
    now: datetime
    directory: Directory | None = None
    """Where the users that the run came to know are noted as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Which ledger it is, and how many runs were folded into it."""

    ledger_id: str
    fold: int


def fold(connection: duckdb.DuckDBPyConnection, work: Fold) -> Folded:
    """Fold a run into its ledger, made if there is none.

    Folding a run a second time changes nothing. Raises StorageError; the ledger is then as it was.
    """
    folded = _fold(connection, work)
    if work.directory is not None and work.plan_path is not None:
        learn(connection, work.directory, LEARNT, now=work.now)
    return folded


def _fold(connection: duckdb.DuckDBPyConnection, work: Fold) -> Folded:
    with state_errors("write the ledger"):
        if work.path.exists():
            return _fold_into(connection, work.path, work, is_new=False)
        unfinished = work.path.with_suffix(".unfinished")
        _remove(unfinished)
        try:
            folded = _fold_into(connection, unfinished, work, is_new=True)
            unfinished.chmod(0o600)
            unfinished.replace(work.path)
        finally:
            _remove(unfinished)
        return folded


def _fold_into(connection: duckdb.DuckDBPyConnection, path: Path, work: Fold, *, is_new: bool) -> Folded:
    attach(connection, path, LEDGER, read_only=False)
    try:
        connection.execute("BEGIN")
        if is_new:
            create_tables(connection, work.identity)
        folded = _Folder(connection, work).fold()
        connection.execute("COMMIT")
        connection.execute(f"CHECKPOINT {LEDGER}")
    except BaseException:
        with suppress(duckdb.Error):  # a commit that failed has ended its transaction
            connection.execute("ROLLBACK")
        with suppress(duckdb.Error):  # what went wrong is told by the error under way
            connection.execute(f"DETACH {LEDGER}")
        raise
    connection.execute(f"DETACH {LEDGER}")
    return folded


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


class _Folder:
    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Fold) -> None:
        self._connection = connection
        self._work = work
        self._plan = work.plan
        self._slots = work.plan.slots
        self._words = work.plan.words

    def fold(self) -> Folded:
        meta = dict(self._connection.execute("SELECT name, value FROM penstock_ledger.meta").fetchall())
        number = int(meta["fold"])
        ledger_id = str(meta["ledger_id"])
        if self._work.plan_path is not None:
            self._open_plan(self._work.plan_path)
        if meta["last_run"] == self._plan.run:
            return Folded(ledger_id=ledger_id, fold=number)
        fit_slots(self._connection, [mapped.slot for mapped in self._slots])
        write_identity(self._connection, self._work.identity)
        if self._work.plan_path is not None:
            # First of all, so that whoever leaves in this run gives up the match value to a newcomer of this run.
            self._move_members()
            self._confirm()
            self._doubt()
            self._hold()
        self._withhold()
        set_meta(self._connection, "fold", str(number + 1))
        set_meta(self._connection, "last_run", self._plan.run)
        return Folded(ledger_id=ledger_id, fold=number + 1)

    def _open_plan(self, path: Path) -> None:
        rows = f"FROM {records_sql(path)}"
        if self._lend("learnt", self._learnt()):
            newest = "coalesce(learnt.id, p.remote_id) AS remote_id"
            rows = f"SELECT p.* REPLACE ({newest}) {rows} AS p LEFT JOIN learnt USING (seq)"
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW plan AS {rows}")
        self._lend("exceptions", self._noted())

    def _lend(self, name: str, rows: pa.Table) -> bool:
        """Make a table of the engine; return whether it has rows."""
        self._connection.register("lent", rows)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM lent")
        self._connection.unregister("lent")
        return bool(rows.num_rows)

    def _learnt(self) -> pa.Table:
        """The remote ids that the destination told, by the numbers of their records."""
        pairs = list(self._work.receipts.remote_ids())
        numbers = pa.array([number for number, _ in pairs], pa.int64())
        return pa.table({"seq": numbers, "id": pa.array([remote_id for _, remote_id in pairs], pa.string())})

    def _noted(self) -> pa.Table:
        """The exceptions as a table: `whole` unless only some fields were refused, whose bits are in `r<word>`."""
        noted = self._work.receipts.exceptions
        columns = {
            "seq": pa.array([each.number for each in noted], pa.int64()),
            "outcome": pa.array([each.outcome.value for each in noted], pa.string()),
            "code": pa.array([each.code for each in noted], pa.string()),
            "message": pa.array([each.message for each in noted], pa.string()),
            "whole": pa.array([not each.fields for each in noted], pa.bool_()),
        }
        refused = [[self._plan.slot_of(name) for name in each.fields] for each in noted]
        for word in self._words:
            columns[f"r{word}"] = pa.array([mask(slots, word) for slots in refused], pa.int64())
        return pa.table(columns)

    def _slots_of(self, names: Sequence[str]) -> list[int]:
        """Slots of the mapped ones among names from an answer, which may name more than was sent."""
        return [mapped.slot.number for mapped in self._slots if mapped.slot.name in names]

    def _confirm(self) -> None:
        whole = "seq NOT IN (SELECT seq FROM exceptions)"
        for ignored, ranges in _chunks(self._work.receipts.delivered()):
            slots = self._slots_of(ignored)
            self._confirm_rows(f"{range_sql('seq', ranges)} AND {whole}", "plan", slots, refused=False)
            partly = (
                f"(FROM plan JOIN exceptions USING (seq) WHERE NOT whole AND outcome <> '{Outcome.UNKNOWN.value}')"
            )
            if self._work.receipts.exceptions:
                self._confirm_rows(range_sql("seq", ranges), partly, slots, refused=True)

    def _confirm_rows(self, condition: str, relation: str, ignored: Sequence[int], *, refused: bool) -> None:
        """Replace the ledger's rows of these plan records by what is now confirmed of them."""
        bits = {word: f"(m{word} & {~mask(ignored, word)})" for word in self._words}
        if refused:
            bits = {word: f"({value} & ~r{word})" for word, value in bits.items()}
        rows = f"FROM {relation} AS plan WHERE {condition}"
        self._settle(rows, bits)
        if self._plan.compared:
            self._connection.execute(
                f"DELETE FROM penstock_ledger.confirmed USING (SELECT key {rows} AND known) AS x"
                " WHERE confirmed.key = x.key"
            )
        columns = ["key", "match", "member", "remote_id", "confirmed_at", "run"]
        values = ["key", "match", "true", "remote_id", "$now", "$run"]
        for word in self._words:
            columns.append(f"s{word}")
            values.append(f"(s{word} | {bits[word]})" if self._plan.compared else bits[word])
        for mapped in self._slots:
            columns.append(mapped.slot.column)
            values.append(self._confirmed_value(mapped, bits[mapped.slot.word], ignored, refused=refused))
        self._connection.execute(
            f"INSERT INTO penstock_ledger.confirmed ({', '.join(columns)}) SELECT {', '.join(values)} {rows}",
            {"now": self._work.now, "run": self._plan.run},
        )
        self._release_match_values(rows)

    def _confirmed_value(self, mapped: MappedSlot, bits: str, ignored: Sequence[int], *, refused: bool) -> str:
        slot = mapped.slot
        if self._plan.compared:
            return f"CASE WHEN ({bits} & {slot.bit}) <> 0 THEN {slot.column} ELSE {slot.before} END"
        if slot.number in ignored:
            return "NULL"
        if refused or slot.number in self._plan.withheld:
            return f"CASE WHEN ({bits} & {slot.bit}) <> 0 THEN {slot.column} END"
        return slot.column

    def _release_match_values(self, rows: str) -> None:
        """Forget records that left and whose match value now belongs to a newcomer, perhaps even delivered."""
        if not self._connection.execute(
            "SELECT 1 FROM penstock_ledger.confirmed WHERE NOT member LIMIT 1"
        ).fetchone():
            return
        released = self._connection.execute(
            f"DELETE FROM penstock_ledger.confirmed USING (SELECT key, match {rows} AND NOT known) AS x"
            " WHERE confirmed.match = x.match AND confirmed.key <> x.key AND NOT confirmed.member"
        ).fetchone()
        if released and released[0]:
            self._connection.execute(
                "DELETE FROM penstock_ledger.doubts"
                " WHERE NOT EXISTS (FROM penstock_ledger.confirmed AS c WHERE c.key = doubts.key)"
            )

    def _settle(self, rows: str, bits: dict[int, str]) -> None:
        """What is confirmed is no longer in doubt nor held."""
        selected = ", ".join(f"{value} AS c{word}" for word, value in bits.items())
        for table in ("doubts", "holds"):
            if self._connection.execute(f"SELECT 1 FROM {LEDGER}.{table} LIMIT 1").fetchone() is None:
                continue
            hit = " OR ".join(
                f"({table}.slot // {WORD_BITS} = {word} AND (x.c{word} >> ({table}.slot % {WORD_BITS})) & 1 = 1)"
                for word in bits
            )
            self._connection.execute(
                f"DELETE FROM {LEDGER}.{table} USING (SELECT key, {selected} {rows}) AS x"
                f" WHERE {table}.key = x.key AND ({table}.slot = {RECORD} OR {hit})"
            )

    def _doubt(self) -> None:
        lost = self._work.receipts.lost()
        unknown = f"outcome = '{Outcome.UNKNOWN.value}'"
        for start in range(0, len(lost), RANGES_PER_STATEMENT):
            ranges = range_sql("seq", lost[start : start + RANGES_PER_STATEMENT])
            self._doubt_rows(f"{ranges} AND seq NOT IN (SELECT seq FROM exceptions WHERE whole OR {unknown})")
        if any(exception.outcome is Outcome.UNKNOWN for exception in self._work.receipts.exceptions):
            self._doubt_rows(f"seq IN (SELECT seq FROM exceptions WHERE {unknown})")

    def _doubt_rows(self, condition: str) -> None:
        rows = f"FROM plan WHERE {condition}"
        run = quote_text(self._plan.run)
        for mapped in self._slots:
            slot = mapped.slot
            self._insert_doubts(f"{rows} AND (m{slot.word} & {slot.bit}) <> 0", slot.number)
        self._insert_doubts(f"{rows} AND op = 'create'", RECORD)
        words = ", ".join(f"s{word}" for word in self._words)
        zeros = ", ".join("0" for _ in self._words)
        self._connection.execute(
            f"INSERT INTO penstock_ledger.confirmed (key, match, member, remote_id, run, {words})"
            f" SELECT key, match, true, remote_id, {run}, {zeros} {rows} AND NOT known"
        )
        self._release_match_values(rows)

    def _insert_doubts(self, rows: str, slot: int) -> None:
        self._connection.execute(
            f"DELETE FROM penstock_ledger.doubts USING (SELECT key {rows}) AS x"
            f" WHERE doubts.key = x.key AND doubts.slot = {slot}"
        )
        self._connection.execute(f"INSERT INTO penstock_ledger.doubts SELECT key, {slot}, ? {rows}", [self._plan.run])

    def _hold(self) -> None:
        if not any(e.outcome in {Outcome.REJECTED, Outcome.SKIPPED} for e in self._work.receipts.exceptions):
            return
        rejected = f"outcome IN ('{Outcome.REJECTED.value}', '{Outcome.SKIPPED.value}')"
        rows = f"FROM plan JOIN exceptions AS e USING (seq) WHERE {rejected}"
        self._insert_holds(f"{rows} AND whole", RECORD, tried_hash(self._slots, "plan"))
        for mapped in self._slots:
            slot = mapped.slot
            condition = f"NOT whole AND (r{slot.word} & {slot.bit}) <> 0"
            self._insert_holds(f"{rows} AND {condition}", slot.number, f"hash(plan.{slot.column})")

    def _insert_holds(self, rows: str, slot: int, tried: str) -> None:
        self._connection.execute(
            f"DELETE FROM penstock_ledger.holds USING (SELECT plan.key {rows}) AS x"
            f" WHERE holds.key = x.key AND holds.slot = {slot}"
        )
        self._connection.execute(
            f"INSERT INTO penstock_ledger.holds SELECT plan.key, {slot}, {tried}, $mapping, e.code, e.message,"
            f" $now, $next, $run {rows}",
            {
                "mapping": self._plan.mapping,
                "now": self._work.now.isoformat(),
                "next": (self._work.now + RETRY_AFTER).isoformat(),
                "run": self._plan.run,
            },
        )

    def _move_members(self) -> None:
        for op, member in (("leave", "false"), ("return", "true")):
            self._connection.execute(
                f"UPDATE penstock_ledger.confirmed SET member = {member}"
                f" FROM (SELECT key FROM plan WHERE op = '{op}') AS x WHERE confirmed.key = x.key"
            )

    def _withhold(self) -> None:
        """Note the fields that were ignored, and let go of those that the destination has come to know."""
        ignored = {slot for batch in self._work.receipts.batches for slot in self._slots_of(batch.ignored)}
        for slot in self._plan.accepted:
            self._connection.execute("DELETE FROM penstock_ledger.withheld WHERE slot = ?", [slot])
        confirmed = self._probed_and_kept(ignored)
        for slot in confirmed:
            self._connection.execute("DELETE FROM penstock_ledger.withheld WHERE slot = ?", [slot])
        now, next_try = self._work.now.isoformat(), (self._work.now + RETRY_AFTER).isoformat()
        for slot in sorted(ignored):
            self._connection.execute(
                "INSERT INTO penstock_ledger.withheld SELECT ?, ?, ?"
                " WHERE NOT EXISTS (FROM penstock_ledger.withheld WHERE slot = ?)",
                [slot, now, next_try, slot],
            )
            self._connection.execute(
                "UPDATE penstock_ledger.withheld SET next_try = ? WHERE slot = ?", [next_try, slot]
            )

    def _probed_and_kept(self, ignored: set[int]) -> tuple[int, ...]:
        """Withheld fields that a record tried again and that the destination has kept."""
        kept = []
        answered = [part for ranges in self._work.receipts.delivered().values() for part in ranges]
        for mapped in self._slots:
            slot = mapped.slot
            if slot.number not in self._plan.withheld or slot.number in ignored or self._work.plan_path is None:
                continue
            probed = self._connection.execute(
                f"SELECT 1 FROM plan WHERE (m{slot.word} & {slot.bit}) <> 0 AND {range_sql('seq', answered)}"
                " AND seq NOT IN (SELECT seq FROM exceptions) LIMIT 1"
            ).fetchone()
            if probed is not None:
                kept.append(slot.number)
        return tuple(kept)


def _chunks(
    groups: dict[tuple[str, ...], list[tuple[int, int]]],
) -> Iterator[tuple[tuple[str, ...], list[tuple[int, int]]]]:
    for ignored, ranges in groups.items():
        for start in range(0, len(ranges), RANGES_PER_STATEMENT):
            yield ignored, ranges[start : start + RANGES_PER_STATEMENT]
