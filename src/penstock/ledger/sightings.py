"""Who was seen at the destination while users were looked up, as tables of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from penstock.ledger.directory import Learnt, Listing

_FOUND, _GONE = "penstock_found", "penstock_gone"


class Sightings:
    """Takes down users, by match value (as it is compared: with `fold_case` in lower case) and by remote id.

    `sought` is a relation with the column `match` of those who are looked up; `spelling` is its column that has the
    match value as it is sent.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sought: str, *, fold_case: bool, spelling: str = "match"
    ) -> None:
        self._connection = connection
        self._unseen = f"FROM {sought} ANTI JOIN {_FOUND} USING (match)"
        self._spelling = spelling
        self._match = "lower(match)" if fold_case else "match"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_FOUND} (match VARCHAR, remote_id VARCHAR)")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_GONE} (remote_id VARCHAR)")

    def found(self, matches: Sequence[str] | pa.Array, remote_ids: Sequence[str] | None = None) -> None:
        """These users exist, by match value, each with its remote id (as JSON) where there are ids."""
        ids = pa.nulls(len(matches), pa.string()) if remote_ids is None else pa.array(remote_ids, pa.string())
        texts = matches if isinstance(matches, pa.Array) else pa.array(matches, pa.string())
        self._insert(_FOUND, f"{self._match}, remote_id", pa.table({"match": texts, "remote_id": ids}))

    def gone(self, remote_ids: Sequence[str]) -> None:
        """The users with these remote ids (as JSON) were deleted."""
        self._insert(_GONE, "remote_id", pa.table({"remote_id": pa.array(remote_ids, pa.string())}))

    @property
    def unseen_sql(self) -> str:
        """FROM clause of those records of the sought whose users were not found so far."""
        return self._unseen

    def unseen(self) -> int:
        """How many of those sought were not found so far."""
        rows = self._connection.execute(f"SELECT count(*) {self._unseen}").fetchall()
        return int(rows[0][0])

    def unseen_values(self) -> Sequence[str]:
        """The match values of those sought who were not found so far, as they are sent."""
        return [value for (value,) in self._connection.execute(f"SELECT {self._spelling} {self._unseen}").fetchall()]

    def asked(self) -> Learnt:
        """What is learnt if everybody who is sought was asked for."""
        return Learnt(found=_FOUND, gone=f"(SELECT match {self._unseen})")

    def listed(self, *, bookmark: str, taken_at: datetime, since: bool, asked: str | None = None) -> Learnt:
        """What is learnt if all users were listed, or with `since` all that were changed after an earlier listing.

        `asked`: those who were asked for as well.
        """
        listing = Listing(bookmark=bookmark, taken_at=taken_at, since=since, gone_ids=_GONE)
        found = f"(FROM {_FOUND} ANTI JOIN {_GONE} USING (remote_id))"
        nobody = f"(SELECT match FROM {_FOUND} LIMIT 0)"
        gone = f"(SELECT match FROM {asked} ANTI JOIN {_FOUND} USING (match))" if asked else nobody
        return Learnt(found=found, gone=gone, listing=listing)

    def _insert(self, table: str, columns: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._connection.register("sighted", rows)
            self._connection.execute(f"INSERT INTO {table} SELECT {columns} FROM sighted")
            self._connection.unregister("sighted")
