"""The directory of an account: which users are known to exist there, and under which remote id.

It only saves asking: one that is missing, damaged or of another account is begun anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from penstock.engine import attach, is_damage, state_errors
from penstock.plan.account import Account, account_from_json, account_to_json
from penstock.quoting import quote_text

_NAME = "penstock_users"
KNOWN = "penstock_directory"
"""Relation (match, remote_id, seen_at) of the users of one account, while `opened`."""
_FORMAT = "1"
LAG = timedelta(minutes=10)
"""So far a listing of users may lag behind what has been written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Where the users of an account are kept, and by which identifier they are looked up."""

    path: Path
    account: Account
    match_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing of all users of an account: `bookmark` is where the next one may go on reading.

    With `since` it told only of those who were changed since an earlier listing. `gone_ids` is a relation
    (remote_id) of users that it says to be deleted.
    """

    bookmark: str
    taken_at: datetime
    since: bool
    gone_ids: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """Up to where an earlier listing was read, when, and how many users are known by now."""

    text: str
    taken_at: datetime
    users: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a run learnt: relations of the engine, (match, remote_id) of users found, (match) of users gone."""

    found: str
    gone: str
    listing: Listing | None = None
    """Where this comes from a listing of the account's users: up to where it was read."""


@contextmanager
def opened(connection: duckdb.DuckDBPyConnection, directory: Directory | None) -> Iterator[bool]:
    """Stand up KNOWN for the length of the block; False if nothing is known."""
    if directory is None or not directory.path.exists():
        yield False
        return
    usable = False
    with state_errors("read the directory of users"):
        try:
            attach(connection, directory.path, _NAME, read_only=True)
            usable = _is_of(connection, directory.account)
        except duckdb.Error as error:
            if not _is_unusable(error):
                raise
    try:
        if usable:
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {KNOWN} AS SELECT match, remote_id, seen_at FROM {_NAME}.users"
                f" WHERE match_key = {quote_text(directory.match_key)}"
            )
        yield usable
    finally:
        connection.execute(f"DROP VIEW IF EXISTS {KNOWN}")
        with suppress(duckdb.Error):  # a damaged file was never attached
            connection.execute(f"DETACH {_NAME}")


def bookmark_of(connection: duckdb.DuckDBPyConnection, directory: Directory) -> Bookmark | None:
    """Tell up to where the account's users were listed; None if they never were. Raises StorageError."""
    with opened(connection, directory) as usable:
        if not usable:
            return None
        with state_errors("read the directory of users"):
            try:
                row = connection.execute(
                    f"SELECT bookmark, epoch_us(taken_at), (SELECT count(*) FROM {KNOWN}) FROM {_NAME}.listings"
                    " WHERE match_key = ?",
                    [directory.match_key],
                ).fetchone()
            except duckdb.Error as error:
                if not _is_unusable(error):
                    raise
                return None
    if row is None:
        return None
    taken_at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=row[1])
    return Bookmark(text=row[0], taken_at=taken_at, users=row[2])


def learn(connection: duckdb.DuckDBPyConnection, directory: Directory, learnt: Learnt, *, now: datetime) -> None:
    """Add what a run learnt, in one transaction. Raises StorageError."""
    with state_errors("write the directory of users"):
        try:
            _learn(connection, directory, learnt, now)
        except duckdb.Error as error:
            if not _is_unusable(error):
                raise
            _discard(connection, directory.path)
            _learn(connection, directory, learnt, now)


def _learn(connection: duckdb.DuckDBPyConnection, directory: Directory, learnt: Learnt, now: datetime) -> None:
    if directory.path.exists():
        attach(connection, directory.path, _NAME, read_only=False)
        if not _is_of(connection, directory.account):
            _discard(connection, directory.path)
    if not directory.path.exists():
        attach(connection, directory.path, _NAME, read_only=False)
        directory.path.chmod(0o600)
    key = quote_text(directory.match_key)
    try:
        connection.execute("BEGIN")
        _create_tables(connection, directory.account)
        connection.execute(
            f"DELETE FROM {_NAME}.users WHERE match_key = {key}"
            f" AND match IN (SELECT match FROM {learnt.found} UNION ALL SELECT match FROM {learnt.gone})"
        )
        connection.execute(
            f"INSERT INTO {_NAME}.users SELECT {key}, match, last(remote_id), $now FROM {learnt.found}"
            " GROUP BY match",
            {"now": now},
        )
        if learnt.listing is not None:
            _note_listing(connection, key, learnt.found, learnt.listing)
        connection.execute("COMMIT")
        connection.execute(f"CHECKPOINT {_NAME}")
    except BaseException:
        with suppress(duckdb.Error):  # a commit that failed has ended its transaction
            connection.execute("ROLLBACK")
        raise
    finally:
        with suppress(duckdb.Error):  # what went wrong is told by the error under way
            connection.execute(f"DETACH {_NAME}")


def _note_listing(connection: duckdb.DuckDBPyConnection, key: str, found: str, listing: Listing) -> None:
    """Strike out whoever is gone or has another match value now, and keep where the next listing goes on.

    A whole listing names everybody, except perhaps those who came after it was begun.
    """
    ours = f"match_key = {key}"
    connection.execute(f"DELETE FROM {_NAME}.users WHERE {ours} AND remote_id IN (FROM {listing.gone_ids})")
    connection.execute(
        f"DELETE FROM {_NAME}.users USING (SELECT remote_id FROM {found}) AS x"
        f" WHERE {ours} AND users.remote_id = x.remote_id AND match NOT IN (SELECT match FROM {found})"
    )
    if not listing.since:
        connection.execute(
            f"DELETE FROM {_NAME}.users WHERE {ours} AND seen_at < $taken_at"
            f" AND match NOT IN (SELECT match FROM {found})",
            {"taken_at": listing.taken_at - LAG},
        )
    connection.execute(f"DELETE FROM {_NAME}.listings WHERE {ours}")
    connection.execute(
        f"INSERT INTO {_NAME}.listings VALUES ({key}, $bookmark, $taken_at)",
        {"bookmark": listing.bookmark, "taken_at": listing.taken_at},
    )


def _create_tables(connection: duckdb.DuckDBPyConnection, account: Account) -> None:
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_NAME}.meta (format VARCHAR, account VARCHAR)")
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {_NAME}.users"
        " (match_key VARCHAR, match VARCHAR, remote_id VARCHAR, seen_at TIMESTAMPTZ)"
    )
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {_NAME}.listings (match_key VARCHAR, bookmark VARCHAR, taken_at TIMESTAMPTZ)"
    )
    connection.execute(f"DELETE FROM {_NAME}.meta")
    connection.execute(f"INSERT INTO {_NAME}.meta VALUES (?, ?)", [_FORMAT, json.dumps(account_to_json(account))])


def _is_of(connection: duckdb.DuckDBPyConnection, account: Account) -> bool:
    row = connection.execute(f"SELECT format, account FROM {_NAME}.meta").fetchone()
    if row is None or row[0] != _FORMAT:
        return False
    try:
        return account_from_json(json.loads(row[1])).is_same_as(account)
    except (ValueError, KeyError, TypeError):
        return False


def _is_unusable(error: duckdb.Error) -> bool:
    """Whether a file is damaged, or no directory at all."""
    return is_damage(error) or isinstance(error, duckdb.CatalogException | duckdb.BinderException)


def _discard(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    with suppress(duckdb.Error):  # it may not be attached
        connection.execute(f"DETACH {_NAME}")
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
