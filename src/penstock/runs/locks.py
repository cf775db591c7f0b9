"""Locks between processes; the system lets go of them when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from penstock.engine import state_errors
from penstock.errors import ActivationBusy

LOOK_AGAIN_SECONDS = 0.2


@contextmanager
def activation_lock(
    path: Path, activation: str, *, taken_up_by: str = "", waiting: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the only right to plan and run an activation. Raises ActivationBusy if another process has it.

    `taken_up_by` names the activation whose run holds it just to take up what an interrupted run of this one left.
    With `waiting`, which is told that name, such a run is waited for.
    """
    with _opened(path, "the activation's") as handle:
        told = ""
        holder = _refused_by(handle)
        while holder is not None:
            time.sleep(LOOK_AGAIN_SECONDS)
            before, holder = holder, _refused_by(handle)  # whoever has just come may not have written down who it is
            process, _, taker = (holder or "").partition(" ")
            if taker and waiting is not None:
                if taker != told:
                    waiting(taker)
                told = taker
            elif holder == before:
                raise ActivationBusy(
                    f"Activation `{activation}` is already running{f' (process {process})' if process else ''}.",
                    fix="Wait for that run to end, then try again; runs of one activation never overlap.",
                )
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()} {taken_up_by}".strip().encode(), 0)
        yield


def _refused_by(handle: int) -> str | None:
    """Take an activation's lock; if that is refused return what its holder wrote down."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(handle, 1000, 0).decode(errors="replace").strip()
    return None


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
