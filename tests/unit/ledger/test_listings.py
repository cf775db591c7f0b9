"""What a listing of an account's users tells the directory: who is there, who is gone, and where the next goes on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from penstock.ledger.directory import KNOWN, Bookmark, Directory, bookmark_of, learn, opened
from penstock.ledger.sightings import Sightings
from tests.unit.ledger.bench import IDENTITY, START, Bench

SOUGHT = "(SELECT unnest(['a@x.fr', 'b@x.fr', 'c@x.fr']) AS match)"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened_bench = Bench(tmp_path, [])
    opened_bench.directory = Directory(path=tmp_path / "users.duckdb", account=IDENTITY.account, match_key="email")
    yield opened_bench
    opened_bench.close()


def listed(
    bench: Bench, *users: tuple[str, str], gone: tuple[str, ...] = (), since: bool = False, hours: int = 0
) -> None:
    """A listing that names these users, so many hours after the first."""
    assert bench.directory is not None
    sightings = Sightings(bench.connection, SOUGHT, fold_case=True)
    sightings.found([match for match, _ in users], [remote_id for _, remote_id in users])
    sightings.gone(gone)
    at = START + timedelta(hours=hours)
    learn(bench.connection, bench.directory, sightings.listed(bookmark=f"b{hours}", taken_at=at, since=since), now=at)


def known(bench: Bench) -> dict[str, str]:
    with opened(bench.connection, bench.directory) as usable:
        return dict(bench.connection.execute(f"SELECT match, remote_id FROM {KNOWN}").fetchall()) if usable else {}


def test_a_listing_leaves_a_bookmark(bench: Bench) -> None:
    assert bench.directory is not None
    assert bookmark_of(bench.connection, bench.directory) is None
    listed(bench, ("A@x.fr", "1"), ("b@x.fr", "2"))
    assert known(bench) == {"a@x.fr": "1", "b@x.fr": "2"}
    assert bookmark_of(bench.connection, bench.directory) == Bookmark(text="b0", taken_at=START, users=2)


def test_a_whole_listing_forgets_whom_it_does_not_name(bench: Bench) -> None:
    listed(bench, ("a@x.fr", "1"), ("b@x.fr", "2"))
    listed(bench, ("b@x.fr", "2"), hours=1)
    assert known(bench) == {"b@x.fr": "2"}


def test_one_that_goes_on_forgets_only_whoever_is_gone(bench: Bench) -> None:
    listed(bench, ("a@x.fr", "1"), ("b@x.fr", "2"))
    listed(bench, ("c@x.fr", "3"), gone=("1",), since=True, hours=1)
    assert known(bench) == {"b@x.fr": "2", "c@x.fr": "3"}


def test_an_address_that_a_user_no_longer_has_leads_nowhere(bench: Bench) -> None:
    listed(bench, ("a@x.fr", "1"), ("b@x.fr", "2"))
    listed(bench, ("new@x.fr", "1"), since=True, hours=1)
    assert known(bench) == {"b@x.fr": "2", "new@x.fr": "1"}


def test_an_address_that_changes_hands_while_users_are_listed_is_the_last_ones(bench: Bench) -> None:
    listed(bench, ("a@x.fr", "1"), ("a@x.fr", "2"), gone=("1",))
    assert known(bench) == {"a@x.fr": "2"}
    listed(bench, ("a@x.fr", "3"), ("a@x.fr", "4"), hours=1)
    assert known(bench) == {"a@x.fr": "4"}


def test_those_not_seen_yet_are_told(bench: Bench) -> None:
    sightings = Sightings(bench.connection, SOUGHT, fold_case=True)
    assert sightings.unseen() == 3
    sightings.found(["B@x.fr", "else@x.fr"], ["2", "9"])
    assert sightings.unseen() == 2
    assert sorted(sightings.unseen_values()) == ["a@x.fr", "c@x.fr"]
