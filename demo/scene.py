"""What every chapter of the story works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.commands import Penstock
from demo.emulators import Emulator, Iterable, Zendesk
from demo.shop import Shop
from demo.telling import Telling
from demo.traffic import Requests

NEWSLETTER, CLUB, TEAM = "newsletter_to_iterable", "club_to_iterable", "team_to_zendesk"
ZOES_ADDRESS = "zoe.obrien@example.com"
USERS_PER_REQUEST, USERS_PER_JOB = 1_000, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The voice, the shop, the command and the sandboxes; and what the runs amounted to, for the end."""

    telling: Telling
    shop: Shop
    penstock: Penstock
    iterable: Iterable
    zendesk: Zendesk
    runs: list[tuple[str, str, Requests]] = field(default_factory=list)

    def run(
        self, activation: str, *, title: str, exit_code: int, shown: bool = False
    ) -> tuple[Mapping[str, Any], Requests]:
        """Run an activation, `shown` with its own words; return its report and what reached the sandbox."""
        if shown:
            self.penstock.show("run", activation, exit_code=exit_code)
            report = self.penstock.ask("report", "latest")
            self.telling.gap()
        else:
            self.telling.commands(f"penstock run {activation} --json")
            report = self.penstock.ask("run", activation, exit_code=exit_code)
            self.telling.say(_figures(report))
        name, emulator = self._receiver(activation)
        requests = emulator.new_requests()
        self.runs.append((title, name, requests))
        counted = (report["requests"]["write"], report["requests"]["read"])
        self.telling.check(
            counted == (len(requests.writes), requests.reads),
            f"The sandbox's own log agrees: {_written(requests)}, {requests.reads} that only read.",
        )
        return report, requests

    def _receiver(self, activation: str) -> tuple[str, Emulator]:
        return ("Zendesk", self.zendesk) if activation == TEAM else ("Iterable", self.iterable)


def requests_needed(users: int) -> int:
    """How many of Iterable's requests so many users take at the least."""
    return -(-users // USERS_PER_REQUEST)


def jobs_needed(users: int) -> int:
    """How many of Zendesk's jobs so many users take at the least."""
    return -(-users // USERS_PER_JOB)


def _figures(report: Mapping[str, Any]) -> str:
    """The part of a report that matters, so that not all of it need be shown each time."""
    outcomes = " · ".join(f"{name} {number:,}" for name, number in report["outcomes"].items())
    return f"… {report['status']} · {outcomes} · {report['seconds']:.1f} s …"


def _written(requests: Requests) -> str:
    number = len(requests.writes)
    if not number:
        return "no write request"
    users = f"{requests.users:,} user{'' if requests.users == 1 else 's'}"
    return f"{number} write request{'' if number == 1 else 's'} with {users} ({requests.kilobytes:,} kB)"
