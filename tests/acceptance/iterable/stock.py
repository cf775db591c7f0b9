"""A project that sends everybody to Iterable in one of the modes, through the real command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.emulator import KEY, Emulator

PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - {{name: customers, source: shop, table: customers, kind: users, primary_key: id}}
destinations:
  - {{name: marketing, type: iterable, api_key: "${{ITERABLE_API_KEY}}", base_url: "{url}", {settings}}}
activations:
  - name: everybody
    model: customers
    destination: marketing
    service: users
    match: {{{match}}}
    mode: {mode}
    recreate: {recreate}
    fields: {fields}
settings: {{max_first_run: 1000000}}
"""
MEMBERS = {"email": "email", "user_id": "userId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The project's folder, the emulator, and how users are matched; `seed` makes users there by hand."""

    folder: Path
    emulator: Emulator
    project_type: str = "email"
    match_key: str = "email"

    def write(
        self, mode: str, *, recreate: bool = False, fields: str = "{name: name, plan: plan}", **settings: object
    ) -> None:
        """Write the project; `settings` are those of the destination."""
        given = {"project_type": self.project_type, "requests_per_second": 1000, "reads_per_second": 5000, **settings}
        text = PROJECT.format(
            url=self.emulator.url,
            settings=", ".join(f"{name}: {value}" for name, value in given.items()),
            match=f"{self.match_key}: {self.match_key}",
            mode=mode,
            recreate=str(recreate).lower(),
            fields=fields,
        )
        (self.folder / "penstock.yaml").write_text(text)

    def stock(self, count: int) -> None:
        """Make so many customers."""
        self.sql(
            "CREATE OR REPLACE TABLE customers AS SELECT i AS id, 'u' || i || '@example.com' AS email, 'U-' || i AS"
            f" user_id, 'Name ' || i AS name, 'free' AS plan FROM range(1, {count + 1}) AS t(i)"
        )

    def sql(self, *statements: str) -> None:
        """Change the shop's database."""
        with duckdb.connect(self.folder / "shop.duckdb") as connection:
            for statement in statements:
                connection.execute(statement)

    def identifier(self, number: int) -> str:
        return f"u{number}@example.com" if self.match_key == "email" else f"U-{number}"

    def seed(self, *numbers: int) -> None:
        """Let these customers exist in the project already, with an attribute of its own."""
        users = []
        for number in numbers:
            who = {MEMBERS[self.match_key]: self.identifier(number)}
            if self.project_type == "email":
                who = {"email": f"u{number}@example.com", "userId": f"U-{number}"}
            users.append({**who, "dataFields": {"theirs": number}})
        for first in range(0, len(users), 1000):
            self.emulator.bulk(*users[first : first + 1000])

    def delete(self, number: int) -> None:
        """Delete a user in the project."""
        place = "byUserId/" if self.match_key == "user_id" else ""
        path = f"/api/users/{place}{self.identifier(number)}"
        assert self.emulator.call("DELETE", path).status == 200

    def users(self) -> dict[str, dict[str, Any]]:
        """The project's users by what they are matched on, each with the attributes that somebody gave it."""
        member = MEMBERS[self.match_key]
        return {
            user["dataFields"][member]: {
                name: value for name, value in user["dataFields"].items() if name in ("name", "plan", "theirs")
            }
            for user in self.emulator.lines("users")
        }

    def requests(self) -> dict[str, int]:
        """How many requests there were since they were last asked for: bulk updates, reads of users, exports."""
        names = {"bulkUpdate": "writes", "getByEmail": "reads", "byUserId": "reads", "data.json": "exports"}
        found = dict.fromkeys(names.values(), 0)
        for line in self.emulator.lines("requests"):
            name = names.get(line["path"].rpartition("/")[2])
            if name is not None and (line["method"], name) != ("DELETE", "reads"):
                found[name] += 1
        return found

    def penstock(self, *arguments: str, hours_later: int = 0) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, with the clock put forward if need be."""
        module = ["tests.later", str(hours_later)] if hours_later else ["penstock.cli.main"]
        ended = subprocess.run(
            [sys.executable, "-m", *module, *arguments, "--project", str(self.folder)],
            env={**os.environ, "ITERABLE_API_KEY": KEY},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    def run(self, *arguments: str, exit_code: int = 0, hours_later: int = 0) -> Any:
        """Run the activation and return its report."""
        ended = self.penstock("run", "everybody", "--json", *arguments, hours_later=hours_later)
        assert ended.returncode == exit_code, ended.stdout + ended.stderr
        return json.loads(ended.stdout)


def reasons(report: Any) -> dict[str, int]:
    """Why records were not delivered, by code."""
    return {reason["code"]: reason["count"] for reason in report["reasons"]}
