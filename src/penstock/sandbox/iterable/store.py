"""The emulator's state in SQLite: users, schema, forgotten identifiers and the project's identity.

The only speaker of SQL. Reads for single users see a profile as it was before writes that are not yet
visible, exports miss new users and show deleted ones for a while; everything else sees the latest.
"""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from penstock.sandbox.iterable.schema import SYSTEM_FIELDS
from penstock.sandbox.iterable.user import User
from penstock.sandbox.state_file import open_state, state_errors

_TABLES = """
CREATE TABLE IF NOT EXISTS project (id INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fields (name TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgotten (identifier TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (
    row INTEGER PRIMARY KEY, email TEXT, user_id TEXT, profile BLOB NOT NULL, visible_from REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS users_by_email ON users (email);
CREATE INDEX IF NOT EXISTS users_by_user_id ON users (user_id);
-- What single-user reads still see: an earlier profile of a user, until the write that replaced it shows.
CREATE TABLE IF NOT EXISTS superseded (
    email TEXT, user_id TEXT, profile BLOB NOT NULL, visible_from REAL NOT NULL, visible_until REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS superseded_by_email ON superseded (email);
CREATE INDEX IF NOT EXISTS superseded_by_user_id ON superseded (user_id);
CREATE INDEX IF NOT EXISTS superseded_by_end ON superseded (visible_until);
-- What exports show otherwise than it is: new users, hidden until then, and deleted ones, shown until then.
CREATE TABLE IF NOT EXISTS not_yet_exported (row INTEGER PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS still_exported (
    row INTEGER PRIMARY KEY, email TEXT, user_id TEXT, profile BLOB NOT NULL, until REAL NOT NULL
);
"""

_ALL = ("project", "fields", "forgotten", "users", "superseded", "not_yet_exported", "still_exported")

# SQLite's default limit of bound values is far higher; this keeps statements short.
_KEYS_PER_QUERY = 500


class Store:
    """Everything one project holds. Writes happen inside `transaction`."""

    def __init__(self, directory: Path | None) -> None:
        with state_errors(directory):
            self._db = open_state(directory, "iterable", _TABLES)
            if self._db.execute("SELECT 1 FROM project").fetchone() is None:
                self.reset()
        self._load()

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it ends."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            self._load()
            raise
        self._db.execute("COMMIT")

    def reset(self) -> None:
        """Forget everything and become another project."""
        with self.transaction():
            for table in _ALL:
                self._db.execute(f"DELETE FROM {table}")
            project_id = 10_000 + secrets.randbelow(990_000)
            self._db.execute("INSERT INTO project VALUES (?, ?)", (project_id, int(time.time() * 1000)))
            self._db.executemany("INSERT INTO fields VALUES (?, ?)", SYSTEM_FIELDS.items())
        self._load()

    def _load(self) -> None:
        row = self._db.execute("SELECT id, created_at FROM project").fetchone()
        self.project_id: int = row[0]
        self.created_at_ms: int = row[1]
        self.fields: dict[str, str] = dict(self._db.execute("SELECT name, type FROM fields"))
        self.forgotten: set[str] = {row[0] for row in self._db.execute("SELECT identifier FROM forgotten")}

    def add_fields(self, types: Mapping[str, str]) -> None:
        """Enter new fields into the schema."""
        self._db.executemany("INSERT INTO fields VALUES (?, ?)", types.items())
        self.fields.update(types)

    def forget(self, identifiers: Iterable[str]) -> None:
        """Refuse these identifiers from now on."""
        wanted = set(identifiers)
        self._db.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", [(each,) for each in wanted])
        self.forgotten |= wanted

    def find(self, emails: Iterable[str], user_ids: Iterable[str]) -> list[User]:
        """All users with any of the identifiers, oldest first."""
        rows: dict[int, User] = {}
        for column, wanted in (("email", sorted(set(emails))), ("user_id", sorted(set(user_ids)))):
            for start in range(0, len(wanted), _KEYS_PER_QUERY):
                keys = wanted[start : start + _KEYS_PER_QUERY]
                marks = ",".join("?" * len(keys))
                query = f"SELECT row, email, user_id, profile FROM users WHERE {column} IN ({marks})"
                rows.update({row[0]: _user(row) for row in self._db.execute(query, keys)})
        return [rows[row] for row in sorted(rows)]

    def find_visible(self, column: str, identifier: str, now: float) -> User | None:
        """The user as a read at `now` sees it; `column` is email or user_id."""
        # What a user is now goes before what it was: once visible, it stays the answer.
        row = self._db.execute(
            f"SELECT row, email, user_id, profile FROM users"
            f" WHERE {column} = :key AND visible_from <= :now"
            f" UNION ALL SELECT 0, email, user_id, profile FROM superseded"
            f" WHERE {column} = :key AND visible_from <= :now AND :now < visible_until LIMIT 1",
            {"key": identifier, "now": now},
        ).fetchone()
        return None if row is None else _user(row)

    def save(self, users: Sequence[User], now: float, visible_from: float, exported_from: float) -> None:
        """Store new and changed users."""
        self._supersede([user.row for user in users if user.row], now, visible_from)
        profiles = [(user, orjson.dumps(user.profile)) for user in users]
        # Naming an indexed column costs an index update even where the value stays.
        self._db.executemany(
            "UPDATE users SET profile = ?, visible_from = ? WHERE row = ?",
            [(text, visible_from, user.row) for user, text in profiles if user.row],
        )
        self._db.executemany(
            "UPDATE users SET email = ?, user_id = ? WHERE row = ?",
            [(user.email, user.user_id, user.row) for user in users if user.row and user.renamed],
        )
        self._db.executemany(
            "INSERT INTO users (email, user_id, profile, visible_from) VALUES (?, ?, ?, ?)",
            [(user.email, user.user_id, text, visible_from) for user, text in profiles if not user.row],
        )
        if exported_from > now:
            newest = "SELECT row, ? FROM users ORDER BY row DESC LIMIT ?"
            count = sum(not user.row for user in users)
            self._db.execute(f"INSERT OR REPLACE INTO not_yet_exported {newest}", (exported_from, count))

    def delete(self, users: Sequence[User], now: float, visible_from: float, exported_until: float) -> None:
        """Remove users."""
        self._supersede([user.row for user in users], now, visible_from)
        self._keep_exported([user.row for user in users], now, exported_until)
        self._db.executemany("DELETE FROM users WHERE row = ?", [(user.row,) for user in users])

    def not_yet_exported(self, after_row: int, last_row: int, now: float) -> set[int]:
        """Rows of users in a range that are too new for an export at `now`."""
        query = "SELECT row FROM not_yet_exported WHERE row > ? AND row <= ? AND until > ?"
        return {row for (row,) in self._db.execute(query, (after_row, last_row, now))}

    def still_exported(self, now: float) -> list[User]:
        """Deleted users that an export at `now` still shows."""
        query = "SELECT row, email, user_id, profile FROM still_exported WHERE until > ? ORDER BY row"
        return [_user(row) for row in self._db.execute(query, (now,))]

    def count_users(self) -> int:
        """How many users there are."""
        count: int = self._db.execute("SELECT count(*) FROM users").fetchone()[0]
        return count

    def users(self, after_row: int, limit: int) -> list[User]:
        """A page of all users in the order of their creation."""
        query = "SELECT row, email, user_id, profile FROM users WHERE row > ? ORDER BY row LIMIT ?"
        return [_user(row) for row in self._db.execute(query, (after_row, limit))]

    def users_page(self, offset: int, limit: int) -> list[User]:
        """A page of all users by position."""
        query = "SELECT row, email, user_id, profile FROM users ORDER BY row LIMIT ? OFFSET ?"
        return [_user(row) for row in self._db.execute(query, (limit, offset))]

    def _keep_exported(self, rows: Sequence[int], now: float, until: float) -> None:
        """Remember users who are being deleted, unless no export has shown them yet."""
        for table in ("not_yet_exported", "still_exported"):
            self._db.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))
        if until <= now:
            return
        for start in range(0, len(rows), _KEYS_PER_QUERY):
            keys = rows[start : start + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(keys))
            self._db.execute(
                "INSERT OR REPLACE INTO still_exported SELECT row, email, user_id, profile, ? FROM users"
                f" WHERE row IN ({marks}) AND row NOT IN (SELECT row FROM not_yet_exported)",
                (until, *keys),
            )
            self._db.execute(f"DELETE FROM not_yet_exported WHERE row IN ({marks})", keys)

    def _supersede(self, rows: Sequence[int], now: float, visible_from: float) -> None:
        self._db.execute("DELETE FROM superseded WHERE visible_until <= ?", (now,))
        if visible_from <= now:
            return
        for start in range(0, len(rows), _KEYS_PER_QUERY):
            keys = rows[start : start + _KEYS_PER_QUERY]
            self._db.execute(
                "INSERT INTO superseded SELECT email, user_id, profile, visible_from, ?"
                f" FROM users WHERE row IN ({','.join('?' * len(keys))})",
                (visible_from, *keys),
            )


def _user(row: tuple[int, str | None, str | None, bytes]) -> User:
    return User(row=row[0], email=row[1], user_id=row[2], profile=orjson.loads(row[3]))
