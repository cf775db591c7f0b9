"""What every chapter of the story works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.commands import Penstock
from demo.sandbox_process import Requests, Sandbox
from demo.shop import Shop
from demo.telling import Telling

NEWSLETTER, CLUB = "newsletter_to_iterable", "club_to_iterable"
ZOES_ADDRESS = "zoe.obrien@example.com"
RECORDS_PER_REQUEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The voice, the shop, the command and the sandbox; and what the runs amounted to, for the end."""

    telling: Telling
    shop: Shop
    penstock: Penstock
    sandbox: Sandbox
    runs: list[tuple[str, Requests]] = field(default_factory=list)

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
        requests = self.sandbox.new_requests()
        self.runs.append((title, requests))
        counted = (report["requests"]["write"], report["requests"]["read"])
        self.telling.check(
            counted == (len(requests.writes), requests.reads),
            f"The sandbox's own log agrees: {_written(requests)}, {requests.reads} that only read.",
        )
        return report, requests


def requests_needed(users: int) -> int:
    """How many requests so many users take at the least."""
    return -(-users // RECORDS_PER_REQUEST)


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
