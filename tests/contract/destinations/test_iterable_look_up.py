"""Who exists in a project, found out over HTTP: in each way, in the cheapest, and never by taking nonsense for it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from penstock.catalog.entities import Mode
from penstock.destinations.contract import Delivery, LookUp, Outcome, Service, Sought
from penstock.destinations.iterable import looking_up
from penstock.errors import CredentialsError, DestinationError
from tests.contract.destinations.test_iterable_users import batch, using
from tests.contract.destinations.unlinked import Unlinked
from tests.emulator import Emulator

SLOW = 0.5
"""So few reads a second that twenty users are cheaper to list."""
EXPORT, READ = "GET /api/export/data.json", "GET /api/users/*"


@dataclass
class Seen:
    """Takes down who was seen."""

    sought: Sequence[str] = ()
    users: list[str] = field(default_factory=list)

    def found(self, matches: Sequence[str] | pa.Array, remote_ids: Sequence[str] | None = None) -> None:
        assert remote_ids is None
        self.users += matches.to_pylist() if isinstance(matches, pa.Array) else matches

    def gone(self, remote_ids: Sequence[str]) -> None:
        raise AssertionError(f"Iterable has no remote ids, such as {remote_ids}")

    def unseen(self) -> int:
        return len(set(self.sought) - set(self.users))

    def unseen_values(self) -> Sequence[str]:
        return sorted(set(self.sought) - set(self.users))


@dataclass(frozen=True)
class Looked:
    """How users were looked up, and what came of it."""

    told: LookUp
    seen: set[str]
    notices: list[str]


def look_up(
    emulator: Emulator, scratch: Path, *names: str, bookmark: str | None = None, singly: bool = False, **how: Any
) -> Looked:
    async def use(service: Service) -> Looked:
        seen = Seen(names)
        sought = Sought(
            count=len(names),
            values=lambda: iter([names[:3], names[3:]]),
            bookmark=bookmark,
            listed_at=None,
            listed=0,
            scratch=scratch,
            singly=singly,
        )
        told = await service.look_up(sought, seen)
        assert len(seen.users) == len(set(seen.users))
        return Looked(told=told, seen=set(seen.users), notices=service.notices)

    looked = using(emulator, use, **{"reads_per_second": 5000, **how})
    assert not list(scratch.iterdir())
    return looked


def requests(emulator: Emulator, part: str) -> int:
    return sum(part in line["path"] for line in emulator.lines("requests"))


def address(name: str) -> str:
    return f"{name}@example.com"


def crowd(count: int) -> list[str]:
    return [f"u{number}@example.com" for number in range(count)]


@pytest.mark.parametrize("project_type", ["email", "hybrid"])
def test_users_are_read_one_by_one_by_address(emulator: Emulator, tmp_path: Path, project_type: str) -> None:
    emulator.settings(project_type=project_type)
    emulator.bulk({"email": "ana+1@example.com"}, {"email": "ben&co=1@example.com"})
    names = ["ana+1@example.com", "ben&co=1@example.com", "ana 1@example.com", "nobody@example.com", "000"]
    looked = look_up(emulator, tmp_path, *names, project_type=project_type, mode=Mode.UPDATE)
    assert looked.told == LookUp()
    assert looked.seen == {"ana+1@example.com", "ben&co=1@example.com"}
    assert looked.notices == ["5 users were looked up one by one, with 5 requests; 2 exist."]
    assert requests(emulator, "/api/users/getByEmail") == 5


@pytest.mark.parametrize("answer", ["400", "404", "500", "text", "empty"])
@pytest.mark.parametrize("project_type", ["user_id", "hybrid"])
def test_unknown_user_ids_are_recognised_in_every_shape(
    emulator: Emulator, tmp_path: Path, project_type: str, answer: str
) -> None:
    emulator.settings(project_type=project_type, unknown_user_id_read=answer)
    emulator.bulk({"userId": "Ana/1 ?"}, {"userId": "ben"})
    how: dict[str, Any] = {"match_key": "user_id", "project_type": project_type, "mode": Mode.INSERT}
    assert look_up(emulator, tmp_path, "Ana/1 ?", "ben", "BEN", "c d", **how).seen == {"Ana/1 ?", "ben"}


@pytest.mark.parametrize("fault", ["nonsense", "truncate", "500"])
def test_nonsense_is_not_taken_for_an_absence(emulator: Emulator, tmp_path: Path, fault: str) -> None:
    emulator.bulk({"email": "ana@example.com"})
    emulator.faults({"on": READ, "nth": 2, "times": 100, "do": fault})
    with pytest.raises(DestinationError):
        look_up(emulator, tmp_path, *crowd(5), mode=Mode.UPDATE)


def test_reads_are_repeated_when_they_are_lost_or_throttled(emulator: Emulator, tmp_path: Path) -> None:
    emulator.bulk(*({"email": each} for each in crowd(4)))
    emulator.faults(
        {"on": READ, "nth": 1, "do": "drop-before"},
        {"on": READ, "nth": 3, "do": "429"},
        {"on": READ, "nth": 5, "do": "503"},
    )
    assert look_up(emulator, tmp_path, *crowd(4), mode=Mode.UPDATE).seen == set(crowd(4))


def test_a_refused_key_stops_looking_up(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults({"on": READ, "do": "401"})
    with pytest.raises(CredentialsError):
        look_up(emulator, tmp_path, *crowd(200), mode=Mode.UPDATE)


@pytest.mark.parametrize(
    ("project_type", "match_key", "member"),
    [("email", "email", "email"), ("hybrid", "email", "email"), ("user_id", "user_id", "userId")],
)
def test_many_users_are_looked_up_in_a_listing(
    emulator: Emulator, tmp_path: Path, project_type: str, match_key: str, member: str
) -> None:
    emulator.settings(project_type=project_type)
    emulator.bulk(*({member: each} for each in crowd(30)), *([{"userId": "no address"}] * (project_type == "hybrid")))
    how: dict[str, Any] = {"match_key": match_key, "project_type": project_type, "mode": Mode.UPDATE}
    looked = look_up(emulator, tmp_path, *crowd(20), reads_per_second=SLOW, **how)
    assert (looked.told.listing, looked.told.since, looked.told.ask_again) == (True, False, 1000)
    assert looked.seen == set(crowd(30))
    assert looked.notices == ["20 users were looked up in a listing of all 30 users of the project; 20 are in it."]
    (export,) = [line for line in emulator.lines("requests") if "export" in line["path"]]
    assert export["query"] == f"dataTypeName=user&range=All&onlyFields={member}"
    assert requests(emulator, "/api/users/") == 1  # the writing of them


def test_the_way_is_chosen_by_what_it_costs(emulator: Emulator, tmp_path: Path) -> None:
    emulator.bulk(*({"email": each} for each in crowd(20)))
    assert look_up(emulator, tmp_path, *crowd(20), reads_per_second=SLOW).told.listing
    assert not look_up(emulator, tmp_path, *crowd(20), reads_per_second=5).told.listing
    long = json.dumps({"seconds": 3600})
    assert not look_up(emulator, tmp_path, *crowd(5), reads_per_second=SLOW * 20, bookmark=long).told.listing
    for strange in ("", "nothing", "{}", "[]"):
        assert look_up(emulator, tmp_path, *crowd(20), reads_per_second=SLOW, bookmark=strange).told.listing


def test_whom_a_listing_does_not_name_is_read(emulator: Emulator, tmp_path: Path) -> None:
    emulator.bulk({"email": "u3@example.com"})
    looked = look_up(emulator, tmp_path, *crowd(4), singly=True, reads_per_second=1000)
    assert looked.seen == {"u3@example.com"}
    assert looked.notices == [
        "4 users whom the listing does not name were looked up one by one, with 4 requests; 1 exists."
    ]


def test_identifiers_are_read_out_of_broken_rows(emulator: Emulator, tmp_path: Path) -> None:
    emulator.settings(export_rows="broken")
    names = [f'"q{number}\\"x"@example.com' for number in range(25)]
    emulator.bulk(*({"email": each} for each in names))
    looked = look_up(emulator, tmp_path, *names[:20], reads_per_second=SLOW)
    assert looked.told.listing
    assert looked.seen == set(names)


@pytest.mark.parametrize(
    ("fault", "why"),
    [("truncate", "its end is missing"), ("nonsense", "its rows cannot be read"), ("500", "HTTP 500")],
)
def test_a_listing_that_may_leave_somebody_out_is_not_used(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, why: str
) -> None:
    monkeypatch.setattr(looking_up, "SHARE", 0.01)  # reading counts as slow, so that a listing is tried first
    emulator.bulk(*({"email": each} for each in crowd(40)))
    emulator.faults({"on": EXPORT, "do": fault})
    looked = look_up(emulator, tmp_path, *crowd(20), reads_per_second=100)
    assert looked.told == LookUp()
    assert looked.seen == set(crowd(20))
    failed, read = looked.notices
    assert failed.startswith("A listing of all users could not be had: ")
    assert why in failed
    assert read.startswith("20 users were looked up one by one, with 20 requests")


def test_an_export_without_anybody(emulator: Emulator, tmp_path: Path) -> None:
    looked = look_up(emulator, tmp_path, *crowd(20), reads_per_second=SLOW)
    assert (looked.told.listing, looked.seen) == (True, set())


class TestStrangers:
    """An e-mail-based project that is matched on user id refuses unknown users by itself."""

    HOW: dict[str, Any] = {"match_key": "user_id", "project_type": "email"}  # noqa: RUF012

    @pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE])
    def test_nobody_is_looked_up(self, emulator: Emulator, tmp_path: Path, mode: Mode) -> None:
        emulator.bulk({"email": "ana@example.com", "userId": "u5"})
        ids = [f"u{number}" for number in range(50)]
        looked = look_up(emulator, tmp_path, *ids, mode=mode, **self.HOW)
        assert looked.told == LookUp(left_to_delivery=True)
        assert looked.notices == ["Nobody was looked up: Iterable itself refuses users that it does not know."]
        assert requests(emulator, "/api/users/byUserId") == 6  # until one was found who shows the project's type

    def test_without_a_proof_users_are_looked_up(self, emulator: Emulator, tmp_path: Path) -> None:
        looked = look_up(emulator, tmp_path, *crowd(12), mode=Mode.UPDATE, **self.HOW)
        assert (looked.told, looked.seen) == (LookUp(), set())

    @pytest.mark.parametrize("project_type", ["user_id", "hybrid"])
    def test_a_wrong_project_type_shows(self, emulator: Emulator, tmp_path: Path, project_type: str) -> None:
        emulator.settings(project_type=project_type)
        emulator.bulk({"userId": "u1"})
        looked = look_up(emulator, tmp_path, "u1", "u2", mode=Mode.UPDATE, **self.HOW)
        assert (looked.told, looked.seen) == (LookUp(), {"u1"})
        assert looked.notices[0].startswith("The project does not seem to be e-mail-based")

    @pytest.mark.parametrize("how", [{"mode": Mode.INSERT}, {"mode": Mode.UPSERT, "recreate": True}])
    def test_whoever_is_to_be_created_is_looked_up(
        self, emulator: Emulator, tmp_path: Path, how: dict[str, Any]
    ) -> None:
        emulator.bulk({"email": "ana@example.com", "userId": "u1"})
        assert look_up(emulator, tmp_path, "u1", "u2", **how, **self.HOW).seen == {"u1"}

    @pytest.mark.parametrize("bucket", ["invalid", "not_found"])
    def test_they_are_skipped_in_delivery(self, emulator: Emulator, bucket: str) -> None:
        emulator.settings(unknown_user=bucket)
        emulator.bulk({"email": "ana@example.com", "userId": "u1"})
        newcomer, known = {"preferUserId": False}, dict[str, Any]()
        records = [
            {"userId": "u1", **newcomer, "dataFields": {"a": 1}},
            {"userId": "u2", **newcomer, "dataFields": {"a": 1}},
            {"userId": "u3", **known, "dataFields": {"a": 1}},
            {"userId": "é", **newcomer, "dataFields": {"a": 1}},
        ]

        async def use(service: Service) -> Delivery:
            return await service.deliver(batch(records), Unlinked())

        delivery = using(emulator, use, mode=Mode.UPDATE, **self.HOW)
        assert [(each.number, each.outcome, each.code) for each in delivery.exceptions] == [
            (1, Outcome.SKIPPED, "absent_at_destination"),
            (2, Outcome.SKIPPED, "deleted_at_destination"),
            (3, Outcome.REJECTED, "invalid_user_id"),
        ]
        assert emulator.users()["ana@example.com"]["a"] == 1
        assert len(emulator.users()) == 1


def test_reads_and_exports_keep_to_limits_of_their_own(start: Any, tmp_path: Path) -> None:
    with start("--speed", "4") as emulator:  # 400 reads a second are permitted
        looked = look_up(emulator, tmp_path, *crowd(600), mode=Mode.UPDATE, reads_per_second=400)
        assert looked.seen == set()
        assert not [line for line in emulator.lines("requests") if line["status"] == 429]


def test_looking_up_can_be_given_up(emulator: Emulator, tmp_path: Path) -> None:
    async def use(service: Service) -> None:
        sought = Sought(
            count=100,
            values=lambda: iter([crowd(100)]),
            bookmark=None,
            listed_at=None,
            listed=0,
            scratch=tmp_path,
        )
        looking = asyncio.ensure_future(service.look_up(sought, Seen()))
        await asyncio.sleep(0.3)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking

    using(emulator, use, mode=Mode.UPDATE, reads_per_second=20)
