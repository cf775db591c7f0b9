"""What a ledger says of itself, read without touching its records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from penstock.engine import attach, is_damage, state_errors
from penstock.errors import StorageError
from penstock.mapping.slots import Slot
from penstock.plan.account import Account, account_from_json, account_to_json

LEDGER = "penstock_ledger"
"""The name under which a ledger is attached to an engine."""
FORMAT = 1
"""The layout of the ledger's tables."""
SHARED_MARK = "shared"
"""The ledger's own fact that members may share a user at the destination."""


SUSPENDED = "coalesce(c.suspended, false)"
"""SQL, of a row `c`: whether this activation suspended its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerIdentity:
    """What a ledger belongs to; values of another one can never be compared with it."""

    account: Account
    service: str
    match_key: str
    primary_key: str
    key_type: str

    def difference(self, other: LedgerIdentity) -> str | None:
        """Say in a few words what tells `other` apart, or None."""
        if not self.account.is_same_as(other.account):
            same = self.account.label == other.account.label
            return "another account at the same address" if same else f"another account ({other.account.label})"
        for name in ("service", "match_key", "primary_key", "key_type"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return f"another {name.replace('_', ' ')} (`{theirs}` instead of `{mine}`)"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldField:
    """A field that the destination ignores: since when, and when one record tries again."""

    slot: int
    since: datetime
    next_try: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """A ledger's identity, its slots, and how much it holds."""

    ledger_id: str
    fold: int
    """How many runs were folded into it."""
    last_run: str
    identity: LedgerIdentity
    next_slot: int
    slots: tuple[Slot, ...]
    members: int
    left: int
    doubts: int
    holds: int
    withheld: tuple[WithheldField, ...]
    suspended: int = 0
    """Users whom this activation suspended."""
    shared: bool = False
    """Whether members may share a user at the destination."""

    @property
    def rows(self) -> int:
        """Records known, members and those that left."""
        return self.members + self.left


def read_state(connection: duckdb.DuckDBPyConnection, path: Path) -> LedgerState | None:
    """Attach the ledger for reading and return what it says; None if there is no file.

    Raises StorageError if it is damaged, or in use by another process.
    """
    if not path.exists():
        return None
    if not path.is_file():
        raise _damaged(path)
    with ledger_errors(path):
        try:
            with state_errors("open the ledger"):
                attach(connection, path, LEDGER, read_only=True)
                return _read(connection)
        except (duckdb.Error, KeyError, ValueError) as error:
            raise _damaged(path) from error


@contextmanager
def ledger_errors(path: Path) -> Iterator[None]:
    """Say of damage to a ledger's file what can be done about it."""
    try:
        yield
    except duckdb.Error as error:
        if is_damage(error) and path.name in str(error):
            raise _damaged(path) from error
        raise


def _damaged(path: Path) -> StorageError:
    return StorageError(
        f"The ledger {path.name} cannot be read: it is damaged or was not written by this version.",
        fix=f"Run `penstock run {path.stem} --full` once: a new ledger is started, and the damaged one is kept beside"
        " it.",
        code="ledger_damaged",
    )


def _read(connection: duckdb.DuckDBPyConnection) -> LedgerState:
    meta = {
        str(name): str(value)
        for name, value in connection.execute("SELECT name, value FROM penstock_ledger.meta").fetchall()
    }
    if int(meta["format"]) != FORMAT:
        raise ValueError(meta["format"])
    slots = stored_slots(connection)
    withheld = tuple(
        WithheldField(slot=slot, since=datetime.fromisoformat(since), next_try=datetime.fromisoformat(next_try))
        for slot, since, next_try in connection.execute(
            "SELECT slot, since, next_try FROM penstock_ledger.withheld ORDER BY slot"
        ).fetchall()
    )
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM penstock_ledger.confirmed WHERE member),"
        " (SELECT count(*) FROM penstock_ledger.confirmed WHERE NOT member),"
        " (SELECT count(*) FROM penstock_ledger.doubts), (SELECT count(*) FROM penstock_ledger.holds)"
    ).fetchone()
    members, left, doubts, holds = counts or (0, 0, 0, 0)
    suspended = None
    if _has_column(connection, "suspended"):  # a ledger of an earlier version suspended nobody
        query = f"SELECT count(*) FROM penstock_ledger.confirmed AS c WHERE {SUSPENDED}"
        suspended = connection.execute(query).fetchone()
    return LedgerState(
        ledger_id=meta["ledger_id"],
        fold=int(meta["fold"]),
        last_run=meta["last_run"],
        identity=identity_from_json(json.loads(meta["identity"])),
        next_slot=int(meta["next_slot"]),
        slots=slots,
        members=members,
        left=left,
        doubts=doubts,
        holds=holds,
        withheld=withheld,
        suspended=suspended[0] if suspended else 0,
        shared=meta.get(SHARED_MARK) == "1",
    )


def _has_column(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    columns = connection.execute("DESCRIBE penstock_ledger.confirmed").fetchall()
    return any(column[0] == name for column in columns)


def stored_slots(connection: duckdb.DuckDBPyConnection) -> tuple[Slot, ...]:
    """Return the slots of the attached ledger."""
    rows = connection.execute("SELECT number, name, identity, stored_type FROM penstock_ledger.slots ORDER BY number")
    return tuple(
        Slot(number=number, name=name, identity=identity, stored_type=stored_type)
        for number, name, identity, stored_type in rows.fetchall()
    )


def identity_to_json(identity: LedgerIdentity) -> dict[str, object]:
    """Write an identity as JSON values."""
    return {
        "account": account_to_json(identity.account),
        "service": identity.service,
        "match_key": identity.match_key,
        "primary_key": identity.primary_key,
        "key_type": identity.key_type,
    }


def identity_from_json(value: Mapping[str, object]) -> LedgerIdentity:
    """Read what `identity_to_json` wrote. Raises KeyError or ValueError."""
    return LedgerIdentity(
        account=account_from_json(value["account"]),
        service=str(value["service"]),
        match_key=str(value["match_key"]),
        primary_key=str(value["primary_key"]),
        key_type=str(value["key_type"]),
    )
