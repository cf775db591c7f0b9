"""The two emulators of the sandbox as their own log and pages show them, and what other people do there by hand."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, ClassVar

from demo.errors import DemoError
from demo.traffic import Requests

API_KEY = TOKEN = "0123456789abcdef0123456789abcdef"
"""Any key and any token of the right form will do."""


class Emulator:
    """One running emulator."""

    key: ClassVar[Mapping[str, str]]
    """The headers that its API asks for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._seen = 0
        # Nothing on the way to this machine itself needs a proxy.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def new_requests(self) -> Requests:
        """Requests since this was last asked."""
        lines = self._lines("/_sandbox/requests")[self._seen :]
        self._seen += len(lines)
        return Requests(lines=tuple(lines))

    def last_sent(self, name: str, value: object) -> Mapping[str, Any]:
        """The user with this identifier, as the latest request had it. Raises DemoError."""
        for line in reversed(self._lines("/_sandbox/requests?bodies=1")):
            for user in json.loads(line["body"])["users"] if line["records"] else ():
                if user.get(name) == value:
                    found: Mapping[str, Any] = user
                    return found
        raise DemoError(f"No request to the sandbox carried {value}.")

    def _lines(self, path: str) -> list[Any]:
        return [json.loads(line) for line in self._call(path).splitlines()]

    def _call(self, path: str, body: object = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.key}
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=30) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as error:
            with error:
                raise DemoError(f"The sandbox refused {path}: {error.read().decode()}") from error
        except OSError as error:
            raise DemoError(f"The sandbox does not answer: {error}.") from error


class Iterable(Emulator):
    """Iterable's emulator."""

    key = {"Api-Key": API_KEY}  # noqa: RUF012

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


class Zendesk(Emulator):
    """Zendesk's emulator."""

    key = {"Authorization": f"Bearer {TOKEN}"}  # noqa: RUF012

    def users(self) -> list[Mapping[str, Any]]:
        """All users who are not deleted, with every attribute."""
        return [user for user in self._lines("/_sandbox/users") if user["active"]]

    def user(self, address: str) -> Mapping[str, Any] | None:
        """The user with this address."""
        return next((user for user in self.users() if user["email"] == address), None)

    def field_types(self) -> dict[str, str]:
        """The account's user fields: key → type."""
        fields = json.loads(self._call("/api/v2/user_fields"))["user_fields"]
        self.new_requests()  # not to be taken for one of Penstock's
        return {field["key"]: field["type"] for field in fields}

    def create_user(self, **attributes: object) -> None:
        """Create a user as an agent does."""
        self._call("/api/v2/users", {"user": {**attributes, "skip_verify_email": True}})

    def delete_user(self, address: str) -> None:
        """Delete a user as an administrator does."""
        self._call("/_sandbox/forget", {"email": address})

    def fail_the_next_job(self) -> None:
        """Let the next job that creates users fail when half of them are done."""
        fault = {"on": "POST /api/v2/users/create_or_update_many", "nth": 1, "do": "fail-job"}
        self._call("/_sandbox/faults", [fault])
