"""Runs Iterable's emulator as a process of its own and looks into it over plain HTTP."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running emulator."""

    url: str

    def _call(self, path: str, body: object = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Api-Key": KEY})
        with urllib.request.urlopen(request, timeout=20) as response:
            text: str = response.read().decode()
            return text

    def get(self, path: str) -> Any:
        return json.loads(self._call(path))

    def user(self, email: str) -> Any:
        """The user as the API gives it, or None."""
        return self.get(f"/api/users/{quote(email)}").get("user")

    def list_ids(self) -> set[int]:
        return {each["id"] for each in self.get("/api/lists")["lists"]}

    def control(self, name: str, body: object) -> None:
        self._call(f"/_sandbox/{name}", body)

    def settings(self, **settings: Any) -> None:
        self.control("settings", settings)

    def faults(self, *faults: dict[str, Any]) -> None:
        self.control("faults", list(faults))

    def lines(self, name: str) -> list[Any]:
        """The JSON lines of a control endpoint."""
        return [json.loads(line) for line in self._call(f"/_sandbox/{name}").splitlines()]


@contextmanager
def running(*settings: str) -> Iterator[Emulator]:
    """Start an emulator on a free port, and always end it."""
    command = [sys.executable, "-m", "penstock.sandbox", "--iterable-port", "0"]
    command += [word for setting in settings for word in ("--set", setting)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = ""
            for line in process.stdout:
                if line.startswith("iterable sandbox ready: "):
                    url = line.rpartition(" ")[2].strip()
                    break
            assert url, "the emulator ended before it was ready"
            yield Emulator(url=url)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
