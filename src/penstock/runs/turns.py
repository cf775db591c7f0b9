"""Turns: runs to one account go one after the other, in the order in which they took their numbers.

A number is a file that its run holds locked; when the run dies, however it dies, the number is void.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from penstock.engine import state_errors
from penstock.plan.account import Account, account_from_json, account_to_json
from penstock.runs.home import Home
from penstock.runs.locks import queue_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A run that sends to an account, or waits to."""

    run: str
    activation: str
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The number that a run has taken."""

    home: Home
    number: int
    queued: Queued

    def first_ahead(self) -> Queued | None:
        """Return the run that has the turn; None if it is this one. Raises StorageError."""
        with state_errors("look at the account's queue"), _queue(self.home, self.queued.account) as folder:
            for number, path in _numbers(folder):
                if number >= self.number:
                    break
                other = _living(path)
                if other is not None and other.account.is_same_as(self.queued.account):
                    return other
        return None


@contextmanager
def take_number(home: Home, queued: Queued) -> Iterator[Turn]:
    """Queue up for an account; the number is given back at the end. Raises StorageError."""
    with state_errors("queue up for the account"), _queue(home, queued.account) as folder:
        number = max((each for each, path in _numbers(folder) if _living(path)), default=0) + 1
        path = folder / str(number)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        entry = {"run": queued.run, "activation": queued.activation, "account": account_to_json(queued.account)}
        try:
            path.write_text(json.dumps(entry))
        except OSError:
            _give_back(path, handle)
            raise
    try:
        yield Turn(home=home, number=number, queued=queued)
    finally:
        _give_back(path, handle)


def _give_back(path: Path, handle: int) -> None:
    with suppress(OSError):  # a number whose file stays is void nevertheless
        path.unlink()
    os.close(handle)


@contextmanager
def _queue(home: Home, account: Account) -> Iterator[Path]:
    folder = home.queue(account.place)
    with queue_lock(home.lock_of(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def _numbers(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(path.name), path) for path in folder.iterdir() if path.name.isdecimal())


def _living(path: Path) -> Queued | None:
    """Read whose number it is; None, and its file is removed, if nobody holds it any more."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        entry = json.loads(path.read_text())
        return Queued(run=entry["run"], activation=entry["activation"], account=account_from_json(entry["account"]))
    else:
        path.unlink(missing_ok=True)
        return None
    finally:
        os.close(handle)
