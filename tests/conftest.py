"""Emulators as processes, for every test that sends something, and a database server."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.emulator import Emulator, running
from tests.postgres import Database, Server, serving


def pytest_configure(config: pytest.Config) -> None:
    """Tests start hundreds of processes: where none may write bytecode beside its source, they share it elsewhere."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.rootpath / ".pytest_cache" / "bytecode")


@pytest.fixture(scope="session")
def start() -> Callable[..., AbstractContextManager[Emulator]]:
    """Starts an emulator of its own: `with start("--speed", "10") as emulator`."""
    return running


@pytest.fixture(scope="session")
def shared_process() -> Iterator[tuple[Emulator, dict[str, Any]]]:
    at_once = ("visibility_seconds=0", "export_lag_seconds=0", "rate_limits=off")
    with running(*(word for each in at_once for word in ("--set", f"iterable.{each}"))) as emulator:
        yield emulator, emulator.call("GET", "/_sandbox/settings").json()


@pytest.fixture
def emulator(shared_process: tuple[Emulator, dict[str, Any]]) -> Emulator:
    """A fresh project that shows writes at once and has no rate limits."""
    process, settings = shared_process
    process.settings(**settings)
    process.control("reset", None)
    return process


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    with serving() as server:
        yield server


@pytest.fixture
def database(postgres: Server) -> Iterator[Database]:
    """An empty database."""
    with postgres.database() as database:
        yield database
