"""Servers for the length of a benchmark: the stub that answers at once, and Penstock's own sandbox."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.children import ROOT, two_cores
from benchmarks.stub import HOST


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def stub(port: int) -> Iterator[str]:
    """Run the stub on a core of its own; gives its address."""
    _, cores = two_cores()
    with _server(["-m", "benchmarks.stub", str(port), *map(str, cores)]) as address:
        yield address


@contextmanager
def sandbox(emulator: str, *arguments: str) -> Iterator[str]:
    """Run an emulator with its documented limits; gives its address."""
    with _server(["-m", "penstock.sandbox", f"--{emulator}-port", "0", *arguments]) as address:
        yield address


def set_switches(address: str, **switches: object) -> None:
    """Change switches of an emulator."""
    body = json.dumps(switches).encode()
    request = urllib.request.Request(f"{address}/_sandbox/settings", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=10):
        return


def stub_counts(address: str, *, reset: bool = False) -> dict[str, int]:
    """Return what the stub was asked; with `reset` it then starts anew."""
    request = urllib.request.Request(f"{address}/_stub", method="DELETE" if reset else "GET")
    with urllib.request.urlopen(request, timeout=10) as answer:
        counts: dict[str, int] = json.load(answer)
        return counts


def sandbox_users(address: str) -> int:
    """Count the users that an emulator has."""
    with urllib.request.urlopen(f"{address}/_sandbox/users", timeout=60) as answer:
        return sum(1 for _ in answer)


def reset_sandbox(address: str) -> None:
    """Make an emulator begin anew, as another account."""
    with urllib.request.urlopen(urllib.request.Request(f"{address}/_sandbox/reset", method="POST"), timeout=60):
        return


def call_sandbox(address: str, method: str, path: str, body: object, headers: Mapping[str, str]) -> Any:
    """Ask an emulated API for something, as a colleague would who works there; gives the JSON that it answers."""
    request = urllib.request.Request(
        f"{address}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def sandbox_requests(address: str) -> list[dict[str, Any]]:
    """Return every API request that the sandbox has seen."""
    with urllib.request.urlopen(f"{address}/_sandbox/requests", timeout=10) as answer:
        return [json.loads(line) for line in answer.read().splitlines()]


@contextmanager
def _server(arguments: Sequence[str]) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("a server without standard output")
        said = process.stdout.readline().split()
        if not said:
            raise RuntimeError(f"the server did not start: {' '.join(arguments)}")
        yield said[-1]
    finally:
        process.terminate()
        process.wait(timeout=10)
