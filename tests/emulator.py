"""Runs the real emulator as a process of its own and speaks plain HTTP with it."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import quote

KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "Bearer 0123456789abcdef"


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
        return _answer(request)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Zendesk:
    """A running emulator of Zendesk."""

    url: str
    process_id: int

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        authorization: str | None = TOKEN,
        content_type: str = "application/json",
    ) -> Answer:
        """Send a request to a path below /api/v2, or to the emulator's own; bytes go as they are."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        own = path == "/" or path.startswith("/_sandbox/")
        request = urllib.request.Request(self.url + ("" if own else "/api/v2") + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", content_type)
        if authorization is not None and not own:
            request.add_header("Authorization", authorization)
        return _answer(request)

    def get(self, path: str) -> Any:
        """The document of a read that is answered with 200."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer.text
        return answer.json()

    def create(self, **user: Any) -> Any:
        """A new user."""
        answer = self.call("POST", "/users", {"user": user})
        assert answer.status == 201, answer.text
        return answer.json()["user"]

    def update(self, user_id: int, **change: Any) -> Any:
        """A changed user."""
        answer = self.call("PUT", f"/users/{user_id}", {"user": change})
        assert answer.status == 200, answer.text
        return answer.json()["user"]

    def user(self, user_id: int) -> Any:
        return self.get(f"/users/{user_id}")["user"]

    def field(self, key: str, kind: str = "text", **more: Any) -> Any:
        """A new user field."""
        answer = self.call("POST", "/user_fields", {"user_field": {"key": key, "type": kind, "title": key, **more}})
        assert answer.status == 201, answer.text
        return answer.json()["user_field"]

    def start(self, method: str, path: str, body: object = None) -> str:
        """Queue a job; its id."""
        answer = self.call(method, path, body)
        assert answer.status == 200, answer.text
        assert answer.json()["job_status"]["status"] == "queued"
        job_id: str = answer.json()["job_status"]["id"]
        return job_id

    def ended(self, job_id: str, seconds: float = 10) -> Any:
        """A job when it has come to an end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.get(f"/job_statuses/{job_id}")["job_status"]
            if job["status"] not in ("queued", "working"):
                return job
            time.sleep(0.02)
        raise AssertionError(f"job {job_id} did not end within {seconds} seconds")

    def upsert(self, *users: dict[str, Any]) -> Any:
        """The results of a create_or_update_many."""
        return self.ended(self.start("POST", "/users/create_or_update_many", {"users": list(users)}))["results"]

    def settings(self, **settings: Any) -> None:
        answer = self.call("POST", "/_sandbox/settings", settings)
        assert answer.status == 200, answer.text

    def faults(self, *faults: dict[str, Any]) -> None:
        answer = self.call("POST", "/_sandbox/faults", list(faults))
        assert answer.status == 200, answer.text

    def begin(self, **settings: Any) -> None:
        """Begin a new, empty account with these settings and without faults."""
        self.settings(**settings)
        self.faults()
        self.reset()

    def reset(self) -> None:
        """Begin a new, empty account."""
        assert self.call("POST", "/_sandbox/reset").status == 200

    def lines(self, name: str) -> list[Any]:
        """The JSON lines of a control endpoint."""
        return [json.loads(line) for line in self.call("GET", f"/_sandbox/{name}").text.splitlines()]

    def users(self) -> list[Any]:
        """Every user but the owner, with every attribute."""
        return self.lines("users")


@contextmanager
def running(*arguments: str) -> Iterator[Emulator]:
    """Start the emulator of Iterable on a free port, and always end it."""
    with started("iterable", arguments=arguments) as (process_id, urls):
        yield Emulator(url=urls["iterable"], process_id=process_id)


@contextmanager
def running_zendesk(*arguments: str) -> Iterator[Zendesk]:
    """Start the emulator of Zendesk on a free port, and always end it."""
    with started("zendesk", arguments=arguments) as (process_id, urls):
        yield Zendesk(url=urls["zendesk"], process_id=process_id)


@contextmanager
def running_both(*arguments: str) -> Iterator[tuple[Zendesk, Emulator]]:
    """Start both emulators in one process on free ports, and always end it."""
    with started("zendesk", "iterable", arguments=arguments) as (process_id, urls):
        yield (
            Zendesk(url=urls["zendesk"], process_id=process_id),
            Emulator(url=urls["iterable"], process_id=process_id),
        )


@contextmanager
def started(*names: str, arguments: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Start emulators by name on free ports; gives the process's id and the address of each."""
    ports = [word for name in names for word in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "penstock.sandbox", *ports, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            urls = {}
            for _ in names:
                line = process.stdout.readline()
                name, separator, url = line.strip().partition(" sandbox ready: ")
                assert separator, line
                urls[name] = url
            yield process.pid, urls
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _answer(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return Answer(status=response.status, headers=response.headers, text=response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(status=error.code, headers=error.headers, text=error.read().decode())
