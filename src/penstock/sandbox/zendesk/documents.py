"""Small things an account holds, kept as JSON documents: fields, organizations, memberships, jobs."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson


class Documents:
    """Documents by kind and id; their owners hold them in memory and read them once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def load(self, kind: str) -> list[dict[str, Any]]:
        """All documents of a kind."""
        rows = self._db.execute("SELECT document FROM documents WHERE kind = ?", (kind,))
        return [orjson.loads(row[0]) for row in rows]

    def put(self, kind: str, id_: int | str, document: Mapping[str, Any] | object) -> None:
        """Keep a document, instead of an earlier one with the same id."""
        text = orjson.dumps(document)
        self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, str(id_), text))

    def remove(self, kind: str, id_: int | str) -> None:
        """Forget a document."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, str(id_)))
