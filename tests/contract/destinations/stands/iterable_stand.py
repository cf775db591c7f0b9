"""Iterable for the suite of every destination."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.contract.destinations.stands.stand import Sent, Stand
from tests.emulator import KEY, Emulator

NAMES = ("name", "plan", "city")


class IterableStand(Stand):
    name = "iterable"
    records_per_write = 1000
    writes_in_flight = 8
    secrets: ClassVar[Mapping[str, str]] = {"ITERABLE_API_KEY": KEY, "WRONG": "wrong-wrong-wrong"}

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        emulator.reset()
        emulator.faults()

    def destination(self, *, secret: str | None = None) -> str:
        key = "${WRONG}" if secret else "${ITERABLE_API_KEY}"
        return (
            f'{{name: there, type: iterable, api_key: "{key}", base_url: "{self._emulator.url}",'
            " requests_per_second: 1000}"
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
        ]

    def trouble(self, what: str, **more: Any) -> None:
        self._emulator.faults({"on": "POST /api/users/bulkUpdate", "do": what, **more})

    def heal(self) -> None:
        self._emulator.faults()

    def reset(self) -> None:
        self._emulator.reset()
