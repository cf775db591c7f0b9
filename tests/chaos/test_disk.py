"""A disk that fills up, or can only be read: one sentence, and the next run goes on as if nothing had happened."""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.stages import State
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.emulator import Emulator, Zendesk

NUMBER = 2500


def mounted(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@contextmanager
def disk(place: Path, kilobytes: int) -> Iterator[None]:
    """A file system of that size; only root may make one."""
    place.mkdir()
    if not mounted("-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "tmpfs", str(place)):
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def people(tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> People:
    """A shop whose first run needs about a megabyte for its state."""
    stand = IterableStand(emulators[1])
    stand.write(tmp_path)
    people = People(InsideDesk(tmp_path, stand), random.Random(1), NUMBER)
    people.open_shop()
    people.desk.sql("UPDATE customers SET name = md5(id::VARCHAR) || md5(email) || sha256(email)")
    return people


@pytest.mark.parametrize("kilobytes", [40, 120, 300, 500, 700])
def test_a_full_disk_is_said_and_made_good(people: People, kilobytes: int) -> None:
    place = people.desk.folder / ".penstock"
    with disk(place, kilobytes):
        ended = people.desk.penstock("run", "everybody")
        assert (ended.exit_code, ended.document["error"]["code"]) == (2, "disk_full"), ended
        assert "disk is full" in ended.document["error"]["message"]
        in_flight = sum(noted.in_flight for noted in State(place).noted().values())
        assert mounted("-o", "remount,size=64m", str(place))
        people.desk.run()
        people.assert_right()
        assert sum(times - 1 for times in people.sent_since().values()) <= in_flight
        assert people.desk.run()["requests"]["write"] == 0


def test_state_that_can_only_be_read_is_refused_and_can_be_read(people: People) -> None:
    place = people.desk.folder / ".penstock"
    with disk(place, 64 * 1024):
        first = people.desk.run()
        people.sent_since()
        people.change("later")
        assert mounted("-o", "remount,ro", str(place))
        for command in ("run", "plan"):
            ended = people.desk.penstock(command, "everybody")
            assert (ended.exit_code, ended.document["error"]["code"]) == (2, "not_writable"), ended
        assert not people.sent_since()
        assert people.desk.penstock("report", "latest").document["run"] == first["run"]
        assert people.desk.penstock("history", "everybody", "1").document["entries"]
        assert mounted("-o", "remount,rw", str(place))
        people.desk.run()
        people.assert_right()
