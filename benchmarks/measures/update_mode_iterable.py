"""Update mode of Iterable: users read one by one, listed by an export, or refused by Iterable itself.

Each way also where requests are refused and halved, and where answers are lost and records sent again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.children import API_KEY, run_step
from benchmarks.data import TABLE
from benchmarks.figures import Figure, exactly, told
from benchmarks.measures.update_mode_scene import FEW, MANY, of_size, watched
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import call_sandbox, reset_sandbox, sandbox, sandbox_users, set_switches
from penstock.engine import open_engine
from penstock.quoting import quote_text

THERE = {FEW: 5, MANY: 50_000}
"""Records whose users are there."""
USERS_PER_REQUEST = 1_000
BULK = "/api/users/bulkUpdate"
READS = {
    "/api/users/getByEmail": "reads of a user",
    "/api/users/byUserId": "reads of a user",
    "/api/export/data.json": "exports",
}
KEY = {"Api-Key": "0123456789abcdef0123456789abcdef"}
LOST = {"on": f"POST {BULK}", "nth": 1, "times": 2, "do": "drop-after"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to find out who exists: the project and the rate of reads that make it the cheapest, and a trouble.

    `writes` are the requests that it takes to send so many records, None where a trouble adds to them.
    """

    name: str
    rows: int
    project_type: str = "email"
    match: str = "email"
    reads_per_second: float
    sends_absent: bool = False
    """Whether it is Iterable that refuses the absent, so that they are sent as well."""
    switches: Mapping[str, object] = field(default_factory=dict)
    loses_answers: bool = False

    @property
    def writes(self) -> int | None:
        """How many requests to update there are to be."""
        sent = self.rows if self.sends_absent else THERE[self.rows]
        return None if self.switches or self.loses_answers else -(-sent // USERS_PER_REQUEST)


DOCUMENTED, QUICK, SLOW = 100.0, 20_000.0, 0.6
"""Reads a second: at the documented rate, so many that nobody is ever listed, so few that ten users are."""
HALVED = {"max_users": 300}
WAYS = (
    Way(name="one by one", rows=FEW, reads_per_second=DOCUMENTED),
    Way(name="one by one", rows=MANY, reads_per_second=QUICK),
    Way(name="in an export", rows=FEW, project_type="user_id", match="user_id", reads_per_second=SLOW),
    Way(name="in an export", rows=MANY, project_type="hybrid", reads_per_second=DOCUMENTED),
    Way(name="in an export, halved", rows=MANY, reads_per_second=DOCUMENTED, switches=HALVED),
    Way(name="in an export, answers lost", rows=MANY, reads_per_second=DOCUMENTED, loses_answers=True),
    Way(name="refused by Iterable", rows=FEW, match="user_id", reads_per_second=DOCUMENTED, sends_absent=True),
    Way(name="refused by Iterable", rows=MANY, match="user_id", reads_per_second=DOCUMENTED, sends_absent=True),
    Way(
        name="refused by Iterable, answers lost",
        rows=MANY,
        match="user_id",
        reads_per_second=DOCUMENTED,
        sends_absent=True,
        loses_answers=True,
    ),
)


def iterable(scenery: Scenery) -> Iterator[Figure]:
    """Look up and update in each of Iterable's ways."""
    at_once = ("visibility_seconds=0", "export_lag_seconds=0", "rate_limits=off")
    with sandbox("iterable", *(word for each in at_once for word in ("--set", f"iterable.{each}"))) as address:
        for way in WAYS:
            yield from _take(address, of_size(scenery, way.rows), way)


def _take(address: str, scenery: Scenery, way: Way) -> Iterator[Figure]:
    there, project = THERE[way.rows], scenery.folder / f"update-mode {way.name}"
    shutil.rmtree(project, ignore_errors=True)  # whose ledger is of a project that is no more
    reset_sandbox(address)
    set_switches(address, project_type=way.project_type, max_users="off")
    _people(address, scenery.source(0), way)
    set_switches(address, **way.switches)
    users = sandbox_users(address)
    with watched(address) as requests:
        if way.loses_answers:
            _faults(address, LOST)
            _run(project, scenery.source(0), address, way)
            _faults(address)
        report = _run(project, scenery.source(0), address, way)
    updates = sum(each["path"] == BULK for each in requests)
    reads = [READS[each["path"]] for each in requests if each["path"] in READS]
    what = f"iterable, {way.rows:,} {way.name}"
    yield exactly(f"{what}: users created", sandbox_users(address) - users, 0)
    yield exactly(f"{what}: single updates", sum(each["path"] == "/api/users/update" for each in requests), 0)
    if way.writes is None:
        yield told(f"{what}: requests to update", updates, "requests")
    else:
        yield exactly(f"{what}: users updated", report["outcomes"]["delivered"], there)
        yield exactly(f"{what}: requests to update", updates, way.writes)
    for name in dict.fromkeys(READS.values()):
        if name in reads:
            yield told(f"{what}: {name}", reads.count(name), "requests")


def _run(project: Path, source: Path, address: str, way: Way) -> Any:
    ProjectFile(
        source=source,
        base_url=address,
        activation={
            "match": {way.match: "customer_id" if way.match == "user_id" else "email"},
            "mode": "update",
        },
        destination={
            "type": "iterable",
            "project_type": way.project_type,
            "api_key": f"${{{API_KEY}}}",
            "base_url": address,
            "requests_per_second": 1_000,
            "reads_per_second": way.reads_per_second,
        },
    ).write(project)
    return run_step("product:run", {"project": str(project), "allow": ["changed"]})["report"]


def _people(address: str, source: Path, way: Way) -> None:
    """Let the first of the customers exist in the project."""
    connection = open_engine(ordered=True)
    try:
        connection.execute(f"ATTACH {quote_text(str(source))} AS made (READ_ONLY)")
        query = f"SELECT customer_id, email FROM made.{TABLE} ORDER BY customer_id LIMIT {THERE[way.rows]}"
        known = connection.execute(query).fetchall()
    finally:
        connection.close()
    users = [{"email": email, "userId": str(key)} for key, email in known]
    for start in range(0, len(users), USERS_PER_REQUEST):
        call_sandbox(address, "POST", BULK, {"users": users[start : start + USERS_PER_REQUEST]}, KEY)


def _faults(address: str, *faults: Mapping[str, object]) -> None:
    call_sandbox(address, "POST", "/_sandbox/faults", list(faults), {})
