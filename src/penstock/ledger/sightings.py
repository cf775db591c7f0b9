"""Who was seen at the destination while users were looked up, as tables of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from penstock.ledger.directory import Learnt, Listing

_FOUND, _GONE = "penstock_found", "penstock_gone"


class Sightings:
    """Takes down users, by match value (as it is compared: with `fold_case` in lower case) and by remote id."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, fold_case: bool) -> None:
        self._connection = connection
        self._match = "lower(match)" if fold_case else "match"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_FOUND} (match VARCHAR, remote_id VARCHAR)")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_GONE} (remote_id VARCHAR)")

    def found(self, matches: Sequence[str], remote_ids: Sequence[str] | None = None) -> None:
        """These users exist, by match value, each with its remote id (as JSON) where there are ids."""
        ids = pa.nulls(len(matches), pa.string()) if remote_ids is None else pa.array(remote_ids, pa.string())
        self._insert(_FOUND, f"{self._match}, remote_id", pa.table({"match": pa.array(matches), "remote_id": ids}))

    def gone(self, remote_ids: Sequence[str]) -> None:
        """The users with these remote ids (as JSON) were deleted."""
        self._insert(_GONE, "remote_id", pa.table({"remote_id": pa.array(remote_ids, pa.string())}))

    def asked(self, sought: str) -> Learnt:
        """What is learnt if everybody was asked for of a relation with the column `match`."""
        return Learnt(found=_FOUND, gone=f"(SELECT match FROM {sought} ANTI JOIN {_FOUND} USING (match))")

    def listed(self, *, bookmark: str, taken_at: datetime, since: bool) -> Learnt:
        """What is learnt if all users were listed, or with `since` all that were changed after an earlier listing."""
        listing = Listing(bookmark=bookmark, taken_at=taken_at, since=since, gone_ids=_GONE)
        return Learnt(found=_FOUND, gone=f"(SELECT match FROM {_FOUND} LIMIT 0)", listing=listing)

    def _insert(self, table: str, columns: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._connection.register("sighted", rows)
            self._connection.execute(f"INSERT INTO {table} SELECT {columns} FROM sighted")
            self._connection.unregister("sighted")
