"""A project that sends customers to the emulator of Zendesk, with a mapping that each test chooses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.contract.destinations.stands.stand import Desk
from tests.contract.destinations.stands.zendesk_stand import SPEED, WRITES, ZendeskStand
from tests.emulator import Zendesk

JOBS = "/api/v2/job_statuses/show_many"
PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - {{name: customers, source: shop, table: customers, kind: users, primary_key: id}}
segments:
  - {{name: french, model: customers, where: {{field: country, is: France}}}}
destinations:
  - name: there
    type: zendesk
    base_url: "{url}"
    speed: {speed}
    auth: {{type: oauth, token: "${{ZENDESK_TOKEN}}"}}
activations:
  - name: everybody
    model: customers
    destination: there
    service: users
{everybody}
  - name: french_only
    segment: french
    destination: there
    service: users
    match: {{email: email}}
    fields: {{name: name, notes: note}}
settings: {{timezone: Europe/Paris}}
"""
PLAIN = """
match: {email: email}
fields: {name: name, phone: phone}
custom_attributes: [plan, points]
"""


@dataclass(frozen=True, slots=True)
class Helpdesk(Desk):
    """The project, the shop and the emulator."""

    emulator: Zendesk

    def map(self, text: str = PLAIN) -> None:
        """Write the project with these lines for the activation `everybody`."""
        lines = "\n".join(f"    {line}" for line in text.strip().splitlines())
        project = PROJECT.format(url=self.emulator.url, speed=SPEED, everybody=lines)
        (self.folder / "penstock.yaml").write_text(project)

    def requests(self) -> list[Any]:
        """Every API request since the reset."""
        return self.emulator.lines("requests?bodies=1")

    def writes(self) -> list[Any]:
        """The bulk writes since the reset."""
        return [line for line in self.requests() if line["path"] in WRITES]

    def kill_run_at_work(self, jobs: int) -> None:
        """Start a run and kill it while it waits for so many jobs, all of which it can ask for again."""
        before = self._jobs_asked_for()
        self.kill_run_once(lambda: len(self._jobs_asked_for() - before) == jobs)

    def _jobs_asked_for(self) -> set[str]:
        queries = [line["query"] for line in self.requests() if line["path"] == JOBS]
        return {each for query in queries for ids in parse_qs(query)["ids"] for each in ids.split(",")}

    def by_email(self) -> dict[str, Any]:
        """Every active user by address."""
        return {user["email"]: user for user in self.emulator.users() if user["active"]}


def newcomers(count: int) -> str:
    """SQL that adds customers with nothing but an address and a name."""
    return (
        "INSERT INTO customers (id, email, name) SELECT i, 'new' || i || '@example.com', 'New'"
        f" FROM range(400, {400 + count}) AS t(i)"
    )


def opened(folder: Path, emulator: Zendesk) -> Helpdesk:
    """A shop with 350 customers and an empty account."""
    helpdesk = Helpdesk(folder, ZendeskStand(emulator), emulator)
    helpdesk.map()
    helpdesk.sql(
        "CREATE TABLE customers AS SELECT i AS id, 'user' || i || '@example.com' AS email, 'Name ' || i AS name,"
        " CASE WHEN i % 10 = 0 THEN 'France' ELSE 'Spain' END AS country,"
        " CASE WHEN i % 7 = 0 THEN '+3312345' || lpad(i::VARCHAR, 4, '0') END AS phone,"
        " CASE WHEN i % 2 = 0 THEN 'free' ELSE 'pro' END AS plan, i * 10 AS points, 'note ' || i AS note,"
        " i % 2 = 0 AS vip, TIMESTAMP '2026-03-01 23:30:00' AS seen, DATE '1990-01-02' AS born,"
        " ['a', 'b'] AS labels, i::DECIMAL(9, 2) / 4 AS spent FROM range(1, 351) AS t(i)"
    )
    return helpdesk
