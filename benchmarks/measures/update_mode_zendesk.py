"""Update mode of Zendesk: by external id, by search, and in the listing of all users."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.children import API_KEY, run_step
from benchmarks.data import FIELDS, TABLE
from benchmarks.figures import Figure, exactly, told
from benchmarks.measures.update_mode_scene import FEW, MANY, of_size, watched
from benchmarks.project import ProjectFile
from benchmarks.scenery import Scenery
from benchmarks.servers import call_sandbox, reset_sandbox, sandbox, sandbox_users, set_switches
from penstock.engine import open_engine
from penstock.quoting import quote_text

ZENDESK_SPEED = 40
ZENDESK_OTHERS = {FEW: 90, MANY: 49_000}
"""Users of the account who are none of the records."""
ZENDESK_THERE = {FEW: 5, MANY: 1_000}
"""Records whose users are there."""
ZENDESK_READS = {
    "/api/v2/users/show_many": "show_many",
    "/api/v2/users/search": "search",
    "/api/v2/users/count": "count",
    "/api/v2/incremental/users/cursor": "pages of the listing",
}
ZENDESK_CREATIONS = {"create_or_update_many", "create_many", "create_or_update", "users"}
ZENDESK_UPDATES = "/api/v2/users/update_many"
USERS_PER_JOB = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskPath:
    """A way of looking users up: what makes it the cheapest, and whether it takes a second run to get there."""

    name: str
    rows: int
    match: Mapping[str, str]
    requests_per_minute: float
    again: bool = False


BY_ID, BY_ADDRESS = {"external_id": "customer_id"}, {"email": "email"}
ENTERPRISE = 700.0
ZENDESK_PATHS = (
    ZendeskPath(name="by external id", rows=FEW, match=BY_ID, requests_per_minute=ENTERPRISE),
    ZendeskPath(name="by external id", rows=MANY, match=BY_ID, requests_per_minute=ENTERPRISE),
    ZendeskPath(name="by search", rows=FEW, match=BY_ADDRESS, requests_per_minute=ENTERPRISE),
    # Ten are listed only where requests are very dear; a hundred thousand would never be searched for.
    ZendeskPath(name="in the listing", rows=FEW, match=BY_ADDRESS, requests_per_minute=2),
    ZendeskPath(name="in the listing", rows=MANY, match=BY_ADDRESS, requests_per_minute=ENTERPRISE),
    ZendeskPath(name="in the next listing", rows=MANY, match=BY_ADDRESS, requests_per_minute=ENTERPRISE, again=True),
)


def zendesk(scenery: Scenery) -> Iterator[Figure]:
    """Look up and update through each of Zendesk's paths."""
    with sandbox("zendesk", "--speed", str(ZENDESK_SPEED)) as address:
        for rows in (FEW, MANY):
            small = of_size(scenery, rows)
            reset_sandbox(address)
            set_switches(address, requests_per_minute="off", job_seconds=0)
            _people(address, small.source(0), rows)
            for path in (each for each in ZENDESK_PATHS if each.rows == rows):
                yield from _zendesk_path(address, small, path)


def _zendesk_path(address: str, scenery: Scenery, path: ZendeskPath) -> Iterator[Figure]:
    project = scenery.folder / f"update-mode {path.name}"
    shutil.rmtree(project, ignore_errors=True)  # whose ledger is of an emulator that is no more
    there = ZENDESK_THERE[path.rows]
    if path.again:
        _zendesk_run(project, scenery.source(0), address, path)
        time.sleep(2 * 60 / ZENDESK_SPEED)  # a listing leaves out the last minute
    users = sandbox_users(address)
    with watched(address) as requests:
        report = _zendesk_run(project, scenery.all_changed() if path.again else scenery.source(0), address, path)
    names = [each["path"].rpartition("/")[2] for each in requests if each["method"] == "POST"]
    updates = sum(each["path"] == ZENDESK_UPDATES for each in requests)
    reads = [ZENDESK_READS[each["path"]] for each in requests if each["path"] in ZENDESK_READS]
    what = f"zendesk, {path.rows:,} {path.name}"
    yield exactly(f"{what}: users created", sandbox_users(address) - users, 0)
    yield exactly(f"{what}: requests to create", sum(each in ZENDESK_CREATIONS for each in names), 0)
    yield exactly(f"{what}: users updated", report["outcomes"]["delivered"], there)
    yield exactly(f"{what}: requests to update", updates, -(-there // USERS_PER_JOB))
    for name in ZENDESK_READS.values():
        if name in reads:
            yield told(f"{what}: {name}", reads.count(name), "requests")


def _zendesk_run(project: Path, source: Path, address: str, path: ZendeskPath) -> Any:
    ProjectFile(
        source=source,
        base_url=address,
        fields={"notes": "full_name", "details": "city", "alias": "phone"},
        custom_attributes=[name for name in FIELDS if name not in {"full_name", "city", "phone"}],
        activation={"match": path.match, "mode": "update"},
        destination={
            "type": "zendesk",
            "base_url": address,
            "speed": ZENDESK_SPEED,
            "requests_per_minute": path.requests_per_minute,
            "auth": {"type": "oauth", "token": f"${{{API_KEY}}}"},
        },
    ).write(project)
    return run_step("product:run", {"project": str(project), "allow": ["changed"]})["report"]


def _people(address: str, source: Path, rows: int) -> None:
    """Make the account's users: some of the customers, and others whom the source does not know."""
    connection = open_engine(ordered=True)
    try:
        connection.execute(f"ATTACH {quote_text(str(source))} AS made (READ_ONLY)")
        known = connection.execute(
            f"SELECT customer_id, email, full_name FROM made.{TABLE} ORDER BY customer_id LIMIT {ZENDESK_THERE[rows]}"
        ).fetchall()
    finally:
        connection.close()
    users = [{"external_id": str(key), "email": email, "name": name} for key, email, name in known]
    users += [
        {"external_id": f"other-{each}", "email": f"other{each}@example.com", "name": f"Other {each}"}
        for each in range(ZENDESK_OTHERS[rows])
    ]
    for start in range(0, len(users), USERS_PER_JOB):
        _job(address, users[start : start + USERS_PER_JOB])
    time.sleep(2 * 60 / ZENDESK_SPEED)  # a listing leaves out the last minute


def _job(address: str, users: Sequence[Mapping[str, str]]) -> None:
    job = _zendesk_call(address, "POST", "/api/v2/users/create_many", {"users": users})["job_status"]
    while job["status"] not in {"completed", "failed"}:
        job = _zendesk_call(address, "GET", f"/api/v2/job_statuses/{job['id']}", None)["job_status"]


def _zendesk_call(address: str, method: str, path: str, body: object) -> Any:
    return call_sandbox(address, method, path, body, {"Authorization": "Bearer 0123456789abcdef"})
