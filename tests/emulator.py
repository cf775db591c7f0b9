"""Runs the real emulator as a process of its own and speaks plain HTTP with it."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import quote

KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer of any status."""

    status: int
    headers: Message
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running emulator."""

    url: str
    process_id: int

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = KEY, header: str = "Api-Key"
    ) -> Answer:
        """Send a request; bytes go as they are, anything else as JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if key is not None:
            request.add_header(header, key)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Answer(status=response.status, headers=response.headers, text=response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(status=error.code, headers=error.headers, text=error.read().decode())

    def bulk(self, *users: dict[str, Any], **top_level: Any) -> Any:
        """A bulk update that is answered with 200."""
        answer = self.call("POST", "/api/users/bulkUpdate", {"users": list(users), **top_level})
        assert answer.status == 200, answer.text
        return answer.json()

    def update(self, **user: Any) -> Answer:
        return self.call("POST", "/api/users/update", user)

    def user(self, email: str) -> Any:
        """The user as the API gives it, or None."""
        return self.call("GET", f"/api/users/{quote(email)}").json().get("user")

    def list_ids(self) -> set[int]:
        return {each["id"] for each in self.call("GET", "/api/lists").json()["lists"]}

    def fields(self) -> Any:
        return self.call("GET", "/api/users/getFields").json()["fields"]

    def project(self) -> int:
        """The project's number, which is part of the ids of its lists."""
        list_id: int = self.call("GET", "/api/lists").json()["lists"][0]["id"]
        return list_id // 100

    def control(self, name: str, body: object) -> Answer:
        return self.call("POST", f"/_sandbox/{name}", body, key=None)

    def settings(self, **settings: Any) -> None:
        answer = self.control("settings", settings)
        assert answer.status == 200, answer.text

    def faults(self, *faults: dict[str, Any]) -> None:
        answer = self.control("faults", list(faults))
        assert answer.status == 200, answer.text

    def reset(self) -> None:
        """Begin a new, empty project."""
        assert self.control("reset", None).status == 200

    def writes(self) -> list[Any]:
        """The bulk updates since the reset, with their bodies."""
        lines = self.lines("requests?bodies=1")
        writes = [line for line in lines if line["path"] == "/api/users/bulkUpdate"]
        return [{**line, "users": json.loads(line["body"])["users"]} for line in writes]

    def users(self) -> dict[str, Any]:
        """Every user's attributes by e-mail address."""
        return {user["email"]: user["dataFields"] for user in self.lines("users")}

    def lines(self, name: str) -> list[Any]:
        """The JSON lines of a control endpoint."""
        return [json.loads(line) for line in self.call("GET", f"/_sandbox/{name}", key=None).text.splitlines()]


@contextmanager
def running(*arguments: str) -> Iterator[Emulator]:
    """Start an emulator on a free port, and always end it."""
    command = [sys.executable, "-m", "penstock.sandbox", "--iterable-port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            prefix = "iterable sandbox ready: "
            assert line.startswith(prefix), line
            yield Emulator(url=line.removeprefix(prefix).strip(), process_id=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
