"""The sandbox as a process of its own, and what it says about itself: requests it got, users it holds."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.commands import COMMAND, end
from demo.errors import DemoError

API_KEY = "0123456789abcdef0123456789abcdef"
"""Any key of the right form will do."""

_READY = "iterable sandbox ready: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests that reached the sandbox, from its own log."""

    lines: tuple[Mapping[str, Any], ...]

    @property
    def writes(self) -> tuple[Mapping[str, Any], ...]:
        """Those that carry users."""
        return tuple(line for line in self.lines if line["method"] != "GET")

    @property
    def reads(self) -> int:
        """How many only asked."""
        return len(self.lines) - len(self.writes)

    @property
    def users(self) -> int:
        """Users in all write requests."""
        return sum(int(line["records"]) for line in self.writes)

    @property
    def kilobytes(self) -> int:
        """Size of all write requests."""
        return -(-sum(int(line["bytes"]) for line in self.writes) // 1000)

    @property
    def first_address(self) -> str:
        """The address of the first user in the first write request."""
        return str(json.loads(self.writes[0]["body"])["users"][0]["email"])

    def sent_for(self, address: str) -> Mapping[str, Any]:
        """The one user of that address, as it stood in a request. Raises DemoError."""
        for line in self.writes:
            for user in json.loads(line["body"])["users"]:
                if user["email"].strip().lower() == address:
                    found: Mapping[str, Any] = user
                    return found
        raise DemoError(f"No request to the sandbox carried {address}.")


class Sandbox:
    """A running sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._seen = 0
        # Nothing on the way to this machine itself needs a proxy.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def new_requests(self) -> Requests:
        """Requests since this was last asked."""
        lines = self._lines("/_sandbox/requests?bodies=1")[self._seen :]
        self._seen += len(lines)
        return Requests(lines=tuple(lines))

    def users(self) -> dict[str, Mapping[str, Any]]:
        """Attributes of all users by address."""
        return {user["email"]: user["dataFields"] for user in self._lines("/_sandbox/users")}

    def lock_schema(self) -> None:
        """Let the project ignore attributes that it does not know, as many companies set it."""
        self._call("/_sandbox/settings", {"new_fields": "drop"})

    def update_user(self, address: str, attributes: Mapping[str, object], *, new_fields: bool) -> None:
        """Write one user through Iterable's own API, as another program of the company might."""
        body = {"email": address, "dataFields": attributes, "createNewFields": new_fields}
        self._call("/api/users/update", body)

    def _lines(self, path: str) -> list[Any]:
        return [json.loads(line) for line in self._call(path).splitlines()]

    def _call(self, path: str, body: object = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Api-Key": API_KEY})
        try:
            with self._opener.open(request, timeout=30) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as error:
            with error:
                raise DemoError(f"The sandbox refused {path}: {error.read().decode()}") from error
        except OSError as error:
            raise DemoError(f"The sandbox does not answer: {error}.") from error


@contextmanager
def running_sandbox(state: Path) -> Iterator[Sandbox]:
    """Start the sandbox on a free port of this machine, and always end it."""
    words = state.with_suffix(".log")
    with words.open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "sandbox", "--iterable-port", "0", "--state", str(state)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            # Ctrl-C is for the demo, which lets a run come to its end before it ends the sandbox.
            start_new_session=True,
        )
    try:
        yield Sandbox(_address(process, words))
    finally:
        end(process)


def _address(process: subprocess.Popen[str], words: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise DemoError(f"The sandbox did not start. {words.read_text(encoding='utf-8')}".strip())
