"""Zendesk for the suite of every destination."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.contract.destinations.stands.stand import Sent, Stand
from tests.emulator import Zendesk

SPEED = 40
WRITES = ("/api/v2/users/create_or_update_many", "/api/v2/users/update_many")
ADDRESSES = ("id", "email", "skip_verify_email", "user_fields")


class ZendeskStand(Stand):
    name = "zendesk"
    records_per_write = 100
    writes_in_flight = 36
    secrets: ClassVar[Mapping[str, str]] = {"ZENDESK_TOKEN": "0123456789abcdef", "WRONG": "wrong"}

    def __init__(self, emulator: Zendesk) -> None:
        self._emulator = emulator
        emulator.reset()
        emulator.faults()

    def destination(self, *, secret: str | None = None) -> str:
        token = "${WRONG}" if secret else "${ZENDESK_TOKEN}"
        return (
            f'{{name: there, type: zendesk, base_url: "{self._emulator.url}", speed: {SPEED},'
            f' auth: {{type: oauth, token: "{token}"}}}}'
        )

    def users(self) -> dict[str, dict[str, Any]]:
        found = {}
        for user in self._emulator.users():
            if user["active"] and user["role"] == "end-user":
                values = {"name": user["name"], **user["user_fields"]}
                assert user["email"] not in found, f"{user['email']} is there twice"
                found[user["email"]] = {name: value for name, value in values.items() if value is not None}
        return found

    def writes(self) -> list[list[Sent]]:
        lines = [line for line in self._emulator.lines("requests?bodies=1") if line["path"] in WRITES]
        emails = {user["id"]: user["email"] for user in self._emulator.users()}
        return [[_sent(user, emails) for user in json.loads(line["body"])["users"]] for line in lines]

    def trouble(self, what: str, **more: Any) -> None:
        self._emulator.faults(
            {"on": "POST /api/v2/users/create_or_update_many", "do": what, **more},
            {"on": "PUT /api/v2/users/update_many", "do": what, **more},
        )

    def heal(self) -> None:
        self._emulator.faults()

    def reset(self) -> None:
        self._emulator.reset()


def _sent(user: dict[str, Any], emails: dict[int, str]) -> Sent:
    attributes = {name: value for name, value in user.items() if name not in ADDRESSES}
    address = emails[user["id"]] if "id" in user else user["email"]
    return Sent(address=address, attributes=attributes | user.get("user_fields", {}))
