"""Locks between processes; the system lets go of them when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from penstock.engine import state_errors
from penstock.errors import ActivationBusy


@contextmanager
def activation_lock(path: Path, activation: str) -> Iterator[None]:
    """Hold the only right to plan and run an activation. Raises ActivationBusy if another process has it."""
    with _opened(path, "the activation's") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 20).decode(errors="replace").strip()
            raise ActivationBusy(
                f"Activation `{activation}` is already running{f' (process {holder})' if holder else ''}.",
                fix="Wait for that run to end, then try again; runs of one activation never overlap.",
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield


def directory_lock(path: Path) -> AbstractContextManager[None]:
    """Hold the only right to open a directory of users."""
    return _waited_for(path, "the directory's")


def queue_lock(path: Path) -> AbstractContextManager[None]:
    """Hold the only right to look at or change an account's queue."""
    return _waited_for(path, "the queue's")


@contextmanager
def _waited_for(path: Path, whose: str) -> Iterator[None]:
    """Hold a lock, waiting for it: nobody has it for long."""
    with _opened(path, whose) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path, whose: str) -> Iterator[int]:
    with state_errors(f"take {whose} lock"):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
