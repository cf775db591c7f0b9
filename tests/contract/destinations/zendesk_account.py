"""An emulated account with users whom Penstock did not make, and looking them up."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from penstock.catalog.entities import Mode
from penstock.destinations.contract import LookUp, Service, Sought
from tests.contract.destinations.zendesk_users import person, using
from tests.emulator import Zendesk

SPEED = 200
"""Where users are looked up: a listing leaves out the last minute, which is soon over at this speed."""
READS = {
    "/api/v2/users/show_many": "show_many",
    "/api/v2/users/search": "search",
    "/api/v2/incremental/users/cursor": "listing",
}


@dataclass(slots=True)
class Seen:
    """What was seen of the users who are sought, with ids by match value in lower case."""

    sought: Sequence[str]
    ids: dict[str, int] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)

    def found(self, matches: Sequence[str], remote_ids: Sequence[str] | None = None) -> None:
        assert remote_ids is not None
        self.ids |= {match.lower(): int(each) for match, each in zip(matches, remote_ids, strict=True)}

    def gone(self, remote_ids: Sequence[str]) -> None:
        self.deleted |= {int(each) for each in remote_ids}

    def unseen(self) -> int:
        return len(self.unseen_values())

    def unseen_values(self) -> Sequence[str]:
        return [each for each in self.sought if each.lower() not in self.ids]

    @property
    def names(self) -> list[str]:
        """Those of the sought who exist."""
        return [each for each in self.sought if each.lower() in self.ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How users were looked up, who was seen, by which requests, and what the report says of it."""

    result: LookUp
    seen: Seen
    requests: dict[str, int]
    notices: Sequence[str]


def look_up(
    zendesk: Zendesk,
    *values: str,
    match_key: str = "external_id",
    bookmark: str | None = None,
    age: timedelta = timedelta(hours=1),
    **settings: object,
) -> Looked:
    """Look users up as a run does that only updates."""
    seen = Seen(values)
    sought = Sought(
        count=len(values),
        values=lambda: _portions(values),
        bookmark=bookmark,
        listed_at=datetime.now(UTC) - age if bookmark else None,
        listed=0,
        scratch=Path(),
    )

    async def use(service: Service) -> tuple[LookUp, Sequence[str]]:
        return await service.look_up(sought, seen), service.notices

    before = len(zendesk.lines("requests"))
    result, notices = using(zendesk, use, match_key=match_key, mode=Mode.UPDATE, speed=SPEED, **settings)
    paths = [line["path"] for line in zendesk.lines("requests")[before:]]
    counts = Counter(READS[path] for path in paths if path in READS)
    return Looked(result=result, seen=seen, requests=dict(counts), notices=notices)


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), 90):
        yield values[start : start + 90]


def people(zendesk: Zendesk, count: int, *, first: int = 0, **more: Any) -> dict[str, int]:
    """Users made without Penstock, with external ids and addresses; their ids by external id."""
    users = [{**person(number, **more), "email": f"u{number}@example.com"} for number in range(first, first + count)]
    found: dict[str, int] = {}
    for start in range(0, count, 100):
        job = zendesk.start("POST", "/users/create_many", {"users": users[start : start + 100]})
        found |= {each["external_id"]: each["id"] for each in zendesk.ended(job)["results"]}
    return found


def listable(zendesk: Zendesk, count: int, bookmark: str | None = None, seconds: float = 20) -> str:
    """Wait until a listing names so many users, for it leaves out the last minute; gives its bookmark."""
    query = f"cursor={bookmark}" if bookmark else "start_time=0"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = zendesk.call("GET", f"/incremental/users/cursor?{query}")
        if answer.status == 200 and len(answer.json()["users"]) >= count:
            cursor: str = answer.json()["after_cursor"]
            return cursor
        time.sleep(0.02)
    raise AssertionError(f"a listing does not name {count} users after {seconds} seconds")
