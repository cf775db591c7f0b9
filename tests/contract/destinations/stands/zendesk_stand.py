"""Zendesk for the suite of every destination."""

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote

from tests.contract.destinations.stands.stand import Sent, Stand, held_back
from tests.emulator import Zendesk

SPEED = 40
UPSERT, UPDATE = "POST /api/v2/users/create_or_update_many", "PUT /api/v2/users/update_many"
DESTROY = "DELETE /api/v2/users/destroy_many"
LISTED_SECONDS = 60.0
"""So long a listing may take to name who was made a moment ago, in the test's own time."""
WRITES = ("/api/v2/users/create_or_update_many", "/api/v2/users/update_many")
ADDRESSES = ("id", "email", "skip_verify_email", "user_fields")


class ZendeskStand(Stand):
    name = "zendesk"
    records_per_write = 100
    writes_in_flight = 36
    secrets: ClassVar[Mapping[str, str]] = {"ZENDESK_TOKEN": "0123456789abcdef", "WRONG": "wrong"}

    def __init__(self, emulator: Zendesk) -> None:
        self._emulator = emulator
        self._emails: dict[int, str] = {}
        emulator.reset()
        emulator.faults()

    def destination(self, *, secret: str | None = None, **settings: Any) -> str:
        token = "${WRONG}" if secret else "${ZENDESK_TOKEN}"
        more = "".join(f", {name}: {value}" for name, value in settings.items())
        return (
            f'{{name: there, type: zendesk, base_url: "{self._emulator.url}", speed: {SPEED},'
            f' auth: {{type: oauth, token: "{token}"}}{more}}}'
        )

    def users(self) -> dict[str, dict[str, Any]]:
        found = {}
        for user in self._end_users():
            values = {"name": user["name"], **user["user_fields"]}
            assert user["email"] not in found, f"{user['email']} is there twice"
            found[user["email"]] = {name: value for name, value in values.items() if value is not None}
        return found

    def writes(self) -> list[list[Sent]]:
        requests = self._emulator.lines("requests?bodies=1")
        lines = [line for line in requests if line["path"] in WRITES and line["status"] != 429]
        emails = self._addresses()
        return [[_sent(user, emails) for user in json.loads(line["body"])["users"]] for line in lines]

    def deletions(self) -> list[str]:
        lines = [line for line in self._emulator.lines("requests") if line["path"] == DESTROY.partition(" ")[2]]
        emails = self._addresses()
        return [emails[int(each)] for line in lines for each in parse_qs(line["query"])["ids"][0].split(",")]

    def suspended(self) -> set[str]:
        return {user["email"] for user in self._end_users() if user["suspended"]}

    def seed(self, people: Mapping[int, str]) -> None:
        users = [
            {"name": f"There {number}", "email": email, "external_id": str(number)}
            for number, email in people.items()
        ]
        for first in range(0, len(users), 100):
            body = {"users": users[first : first + 100]}
            self._emulator.ended(self._emulator.start("POST", "/users/create_many", body))
        deadline = time.monotonic() + LISTED_SECONDS
        while not set(people.values()) <= self._listed():
            assert time.monotonic() < deadline, "the listing does not come up"
            time.sleep(0.1)

    def under_way(self) -> int:
        return held_back(self._emulator)

    def trouble(self, what: str, **more: Any) -> None:
        self._emulator.faults(*({"on": each, "do": what, **more} for each in (UPSERT, UPDATE)))

    def slow_down(self, seconds: float) -> None:
        self._emulator.faults(
            *({"on": each, "do": "delay", "seconds": seconds} for each in (UPSERT, UPDATE, DESTROY))
        )

    def heal(self) -> None:
        self._emulator.faults()

    def reset(self) -> None:
        self._emulator.reset()

    def _all_users(self) -> list[Any]:
        users = self._emulator.users()
        self._emails |= {user["id"]: user["email"] for user in users if user["email"]}
        return users

    def _end_users(self) -> list[Any]:
        return [user for user in self._all_users() if user["active"] and user["role"] == "end-user"]

    def _addresses(self) -> dict[int, str]:
        """The address of every user by id, of those as well who were seen here and are deleted by now."""
        self._all_users()
        return self._emails

    def _listed(self) -> set[str]:
        """The addresses in Zendesk's listing of users, which leaves out the last minute; nobody while it refuses."""
        found: set[str] = set()
        query = "start_time=0"
        while True:
            answer = self._emulator.call("GET", f"/incremental/users/cursor?{query}")
            if answer.status != 200:
                return set()
            page = answer.json()
            found |= {user["email"] for user in page["users"] if user["email"]}
            if page["end_of_stream"]:
                return found
            query = f"cursor={quote(page['after_cursor'])}"


def _sent(user: dict[str, Any], emails: dict[int, str]) -> Sent:
    attributes = {name: value for name, value in user.items() if name not in ADDRESSES}
    address = emails[user["id"]] if "id" in user else user["email"]
    return Sent(address=address, attributes=attributes | user.get("user_fields", {}))
