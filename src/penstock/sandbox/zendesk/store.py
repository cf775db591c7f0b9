"""The emulator's state in SQLite: users with their identities, and what else the account holds.

Together with `documents` the only speaker of SQL. Writes happen inside `transaction`.
"""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from penstock.sandbox.state_file import open_state, state_errors
from penstock.sandbox.zendesk.documents import Documents
from penstock.sandbox.zendesk.user import User, restored

_TABLES = """
CREATE TABLE IF NOT EXISTS account (base INTEGER NOT NULL, counter INTEGER NOT NULL, subdomain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY, external_key TEXT UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    active INTEGER NOT NULL, made REAL NOT NULL, changed INTEGER NOT NULL, document BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS users_by_change ON users (changed, id);
-- No two users share an address or a number of one kind.
CREATE TABLE IF NOT EXISTS identities (
    type TEXT NOT NULL, key TEXT NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (type, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identities_by_user ON identities (user_id);
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, id TEXT NOT NULL, document BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""
_KEYS_PER_QUERY = 500
_BLOCK = 128


class Store:
    """Everything one account holds."""

    def __init__(self, directory: Path | None) -> None:
        self._base = self._counter = 0
        self.subdomain = ""
        with state_errors(directory):
            self._db = open_state(directory, "zendesk", _TABLES)
            self.documents = Documents(self._db)
            if self._db.execute("SELECT 1 FROM account").fetchone() is None:
                self.reset()
        self._load()

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it ends; inside another one, part of that."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        counter = self._counter
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            self._counter = counter
            raise
        if self._counter != counter:
            self._db.execute("UPDATE account SET counter = ?", (self._counter,))
        self._db.execute("COMMIT")

    def reset(self) -> None:
        """Forget everything and become another account, whose ids have nothing to do with the earlier ones."""
        self._counter = 0
        with self.transaction():
            for table in ("account", "users", "identities", "documents"):
                self._db.execute(f"DELETE FROM {table}")
            # Ids are beyond 32 bit, as everywhere (contract, section 1).
            base = 300_000_000_000 + secrets.randbelow(8_000_000_000) * 1000
            self._db.execute("INSERT INTO account VALUES (?, 0, ?)", (base, f"z3n{secrets.token_hex(4)}"))
        self._load()

    def _load(self) -> None:
        row = self._db.execute("SELECT base, counter, subdomain FROM account").fetchone()
        self._base, self._counter, self.subdomain = row

    def next_id(self) -> int:
        """A new id of anything; ids grow, but not steadily (contract, section 7)."""
        block, place = divmod(self._counter, _BLOCK)
        self._counter += 1
        return self._base + 16 * (block * _BLOCK + (place * 37 + 13) % _BLOCK)

    def user(self, user_id: int) -> User | None:
        """A user by id, deleted ones too."""
        return _one(self._db.execute("SELECT document FROM users WHERE id = ?", (user_id,)).fetchone())

    def user_with_external_id(self, key: str) -> User | None:
        """A user by the lower-cased external id."""
        return _one(self._db.execute("SELECT document FROM users WHERE external_key = ?", (key,)).fetchone())

    def user_with_identity(self, key: tuple[str, str]) -> User | None:
        """The user who has an address or a number."""
        query = (
            "SELECT document FROM identities JOIN users ON users.id = identities.user_id"
            " WHERE identities.type = ? AND identities.key = ?"
        )
        return _one(self._db.execute(query, key).fetchone())

    def holder_of_external_id(self, key: str) -> int | None:
        """The id of the user with a lower-cased external id."""
        row = self._db.execute("SELECT id FROM users WHERE external_key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def holder_of_identity(self, key: tuple[str, str]) -> int | None:
        """The id of the user who has an address or a number."""
        row = self._db.execute("SELECT user_id FROM identities WHERE type = ? AND key = ?", key).fetchone()
        return None if row is None else row[0]

    def users_with(self, column: str, keys: Iterable[int | str]) -> list[User]:
        """Users by `id` or `external_key`, in the order of their ids."""
        wanted = sorted(set(keys), key=str)
        found: list[User] = []
        for start in range(0, len(wanted), _KEYS_PER_QUERY):
            part = wanted[start : start + _KEYS_PER_QUERY]
            query = f"SELECT document FROM users WHERE {column} IN ({','.join('?' * len(part))})"
            found.extend(restored(row[0]) for row in self._db.execute(query, part))
        return sorted(found, key=lambda user: user.id)

    def insert(self, user: User) -> None:
        """Store a new user."""
        self._db.execute(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                user.id,
                user.external_key,
                user.name.lower(),
                user.role,
                user.active,
                time.time(),
                user.updated_at,
                user.stored(),
            ),
        )
        self._enter_identities(user)

    def save(self, user: User, *, renamed: bool) -> None:
        """Store a changed user; `renamed` tells that its external id or its identities are not as stored."""
        self._db.execute(
            "UPDATE users SET name = ?, role = ?, active = ?, changed = ?, document = ? WHERE id = ?",
            (user.name.lower(), user.role, user.active, user.updated_at, user.stored(), user.id),
        )
        if renamed:
            self._db.execute("UPDATE users SET external_key = ? WHERE id = ?", (user.external_key, user.id))
            self._db.execute("DELETE FROM identities WHERE user_id = ?", (user.id,))
            self._enter_identities(user)

    def _enter_identities(self, user: User) -> None:
        if user.identities:
            self._db.executemany(
                "INSERT INTO identities VALUES (?, ?, ?)", [(*each.key, user.id) for each in user.identities]
            )

    def forget_values(self, field_key: str) -> None:
        """Take the values of a field away from all users."""
        path = f'$.fields."{field_key}"'
        self._db.execute(
            "UPDATE users SET document = CAST(json_remove(CAST(document AS TEXT), :path) AS BLOB)"
            " WHERE json_type(CAST(document AS TEXT), :path) IS NOT NULL",
            {"path": path},
        )

    def count_users(self, condition: str = "1", values: Sequence[object] = ()) -> int:
        """How many users a condition of `user_conditions` holds for."""
        count: int = self._db.execute(f"SELECT count(*) FROM users WHERE {condition}", values).fetchone()[0]
        return count

    def select_users(
        self, condition: str, values: Sequence[object], *, order: str = "id", limit: int = -1, offset: int = 0
    ) -> list[User]:
        """Users for whom a condition of `user_conditions` holds."""
        query = f"SELECT document FROM users WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
        return [restored(row[0]) for row in self._db.execute(query, (*values, limit, offset))]


def _one(row: tuple[bytes] | None) -> User | None:
    return None if row is None else restored(row[0])
