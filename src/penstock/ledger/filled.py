"""Fields that are only sent while the user has no value there: what was found to have one is taken out of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

from penstock.engine import state_errors
from penstock.ledger import summary
from penstock.ledger.rewriting import rewrite
from penstock.ledger.rules import only_if_empty
from penstock.mapping.slots import bit_sum
from penstock.plan.outcomes import FILLED
from penstock.plan.plan import Plan
from penstock.plan.records import records_sql
from penstock.plan.routes import restores_sql
from penstock.quoting import quote_text

_FILLED = "penstock_filled"


class FilledFields:
    """Which fields of a plan's records have a value at the destination, by match value; `path` has the records.

    With `fold_case` match values that differ in case alone are the same.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path, *, fold_case: bool) -> None:
        self._connection = connection
        self._plan = plan
        self._path = path
        self._match = "lower(match)" if fold_case else "match"
        bits = ", ".join(f"w{word} BIGINT" for word in plan.words)
        # No temporary table, which nobody sees but the connection that made it.
        connection.execute(f"CREATE OR REPLACE TABLE {_FILLED} (match VARCHAR, {bits})")

    @property
    def unfilled(self) -> str:
        """Relation (match, remote_id) of the records that send such a field, if not all of these have a value.

        The match value is as it is sent.
        """
        match = "address" if self._plan.keeps_case else "match"
        wanted = " OR ".join(
            f"(p.m{word} & {only_if_empty(self._plan.slots, word)} & ~coalesce(f.w{word}, 0)) <> 0"
            for word in self._plan.words
        )
        return f"(SELECT p.{match} AS match, p.remote_id FROM {self._records} WHERE p.seq IS NOT NULL AND ({wanted}))"

    def records(self, at_once: int) -> Iterator[tuple[Sequence[str], Sequence[str | None]]]:
        """Yield match values and remote ids of those records. Raises StorageError."""
        with state_errors("read the plan"), closing(self._connection.cursor()) as reading:
            for batch in reading.sql(f"FROM {self.unfilled}").to_arrow_reader(at_once):
                matches, ids = (column.to_pylist() for column in batch.columns)
                yield matches, ids

    def note(self, matches: Sequence[str] | pa.Array, filled: Mapping[str, Sequence[bool] | pa.Array]) -> None:
        """Note which of these users, by match value, have a value, for each field by name."""
        slots = [mapped.slot for mapped in self._plan.slots if mapped.slot.name in filled]
        texts = matches if isinstance(matches, pa.Array) else pa.array(matches, pa.string())
        columns = {"match": texts} | {f"h{slot.number}": pa.array(filled[slot.name], pa.bool_()) for slot in slots}
        conditions = [(slot.number, f"h{slot.number}") for slot in slots]
        bits = ", ".join(bit_sum(conditions, word) for word in self._plan.words)
        self._connection.register("noted", pa.table(columns))
        self._connection.execute(f"INSERT INTO {_FILLED} SELECT {self._match}, {bits} FROM noted")
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
        selected = f"SELECT p.* EXCLUDE (seq) REPLACE ({', '.join(changes)}), {bits} FROM {self._records}"
        with state_errors("write the plan"):
            left = rewrite(self._connection, plan, selected, to)
            return replace(left, filled=summary.filled(self._connection, to, plan.slots))

    @property
    def _records(self) -> str:
        """FROM clause of the plan's records as `p`, with the bits of the fields that have a value, as `f`."""
        bits = ", ".join(f"bit_or(w{word}) AS w{word}" for word in self._plan.words)
        filled = f"(SELECT match, {bits} FROM {_FILLED} GROUP BY match)"
        return f"{records_sql(self._path)} AS p LEFT JOIN {filled} AS f ON f.match = p.match AND p.seq IS NOT NULL"
