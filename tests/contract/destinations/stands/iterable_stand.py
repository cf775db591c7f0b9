"""Iterable for the suite of every destination."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.contract.destinations.stands.stand import Sent, Stand, held_back
from tests.emulator import KEY, Emulator

SEEDED = "theirs"
"""The attribute of users who were made by somebody else."""
NAMES = ("name", "plan", "city", "note")
BULK, DELETE = "POST /api/users/bulkUpdate", "DELETE /api/users/*"


class IterableStand(Stand):
    name = "iterable"
    records_per_write = 1000
    writes_in_flight = 8
    secrets: ClassVar[Mapping[str, str]] = {"ITERABLE_API_KEY": KEY, "WRONG": "wrong-wrong-wrong"}

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        emulator.reset()
        emulator.faults()

    def destination(self, *, secret: str | None = None, **settings: Any) -> str:
        key = "${WRONG}" if secret else "${ITERABLE_API_KEY}"
        more = "".join(f", {name}: {value}" for name, value in settings.items())
        return (
            f'{{name: there, type: iterable, api_key: "{key}", base_url: "{self._emulator.url}",'
            f" requests_per_second: 1000{more}}}"
        )

    def users(self) -> dict[str, dict[str, Any]]:
        return {
            email: {name: fields[name] for name in NAMES if fields.get(name) is not None}
            for email, fields in self._emulator.users().items()
        }

    def writes(self) -> list[list[Sent]]:
        return [
            [Sent(address=user["email"], attributes=user["dataFields"]) for user in write["users"]]
            for write in self._emulator.writes()
            if write["status"] != 429 and not any(SEEDED in user["dataFields"] for user in write["users"])
        ]

    def deletions(self) -> list[str]:
        lines = self._emulator.lines("requests")
        return [line["path"].rpartition("/")[2] for line in lines if line["method"] == "DELETE"]

    def suspended(self) -> set[str]:
        return set()

    def seed(self, people: Mapping[int, str]) -> None:
        users = [{"email": email, "dataFields": {SEEDED: number}} for number, email in people.items()]
        for first in range(0, len(users), 1000):
            self._emulator.bulk(*users[first : first + 1000])

    def under_way(self) -> int:
        return held_back(self._emulator)

    def trouble(self, what: str, **more: Any) -> None:
        self._emulator.faults({"on": BULK, "do": what, **more})

    def slow_down(self, seconds: float) -> None:
        self._emulator.faults(*({"on": each, "do": "delay", "seconds": seconds} for each in (BULK, DELETE)))

    def heal(self) -> None:
        self._emulator.faults()

    def reset(self) -> None:
        self._emulator.reset()
