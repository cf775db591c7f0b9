"""Fields that are only sent while the user has no value there: what was found to have one is taken out of a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

from penstock.engine import state_errors
from penstock.ledger import summary
from penstock.ledger.rewriting import rewrite
from penstock.ledger.rules import only_if_empty
from penstock.mapping.slots import mask
from penstock.plan.outcomes import FILLED
from penstock.plan.plan import Plan
from penstock.plan.records import records_sql
from penstock.plan.routes import restores_sql
from penstock.quoting import quote_text

_FILLED = "penstock_filled"


class FilledFields:
    """Which fields of a plan's records have a value at the destination; `path` is where the records are."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path) -> None:
        self._connection = connection
        self._plan = plan
        self._path = path
        bits = ", ".join(f"w{word} BIGINT" for word in plan.words)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_FILLED} (seq BIGINT, {bits})")

    def records(self, at_once: int) -> Iterator[tuple[Sequence[int], Sequence[str], Sequence[str | None]]]:
        """Yield numbers, match values and remote ids of the records that send such a field. Raises StorageError."""
        wanted = " OR ".join(f"(m{word} & {only_if_empty(self._plan.slots, word)}) <> 0" for word in self._plan.words)
        match = "address" if self._plan.keeps_case else "match"
        rows = f"SELECT seq, {match}, remote_id FROM {records_sql(self._path)} WHERE seq IS NOT NULL AND ({wanted})"
        with state_errors("read the plan"), closing(self._connection.cursor()) as reading:
            for batch in reading.sql(rows).to_arrow_reader(at_once):
                numbers, matches, ids = (column.to_pylist() for column in batch.columns)
                yield numbers, matches, ids

    def note(self, numbers: Sequence[int], filled: Sequence[Collection[str]]) -> None:
        """Note for each of these records which fields have a value there."""
        slots = {m.slot.name: m.slot.number for m in self._plan.slots}
        taken = [[slots[name] for name in names if name in slots] for names in filled]
        columns = {"seq": pa.array(numbers, pa.int64())}
        columns |= {
            f"w{word}": pa.array([mask(each, word) for each in taken], pa.int64()) for word in self._plan.words
        }
        self._connection.register("noted", pa.table(columns))
        self._connection.execute(f"INSERT INTO {_FILLED} FROM noted")
        self._connection.unregister("noted")

    def take_out(self, to: Path) -> Plan:
        """Write the plan's records without those values `to` another file; return the plan that fits them.

        Raises StorageError.
        """
        plan, words = self._plan, self._plan.words
        kept = {word: f"(m{word} & coalesce(w{word}, 0) & {only_if_empty(plan.slots, word)})" for word in words}
        nothing_left = " AND ".join(f"(m{word} & ~{kept[word]}) = 0" for word in words)
        any_kept = " OR ".join(f"{kept[word]} <> 0" for word in words)
        skipped = f"({any_kept}) AND {nothing_left} AND NOT {restores_sql('route')}"
        changes = [f"CASE WHEN {skipped} THEN 'skip' ELSE op END AS op"]
        changes += [f"CASE WHEN {skipped} THEN {quote_text(FILLED)} ELSE code END AS code"]
        changes += [f"(m{word} & ~{kept[word]}) AS m{word}" for word in words]
        bits = ", ".join(f"{kept[word]} AS k{word}" for word in words)
        left_out = ", ".join(["seq", *(f"w{word}" for word in words)])
        rows = f"FROM {records_sql(self._path)} LEFT JOIN {_FILLED} USING (seq)"
        selected = f"SELECT * EXCLUDE ({left_out}) REPLACE ({', '.join(changes)}), {bits} {rows}"
        with state_errors("write the plan"):
            left = rewrite(self._connection, plan, selected, to)
            return replace(left, filled=summary.filled(self._connection, to, plan.slots))
