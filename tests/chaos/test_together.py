"""Two processes that meet: runs of one activation begun at once, and one that sleeps while it has the turn."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.conftest import LIVES
from tests.chaos.frozen import ALLOWED
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.stages import EVERYBODY, State
from tests.chaos.ways import BESIDE, NOTES, PLAIN, Way
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.zendesk_stand import SPEED
from tests.emulator import Emulator, Zendesk

TIMES = 20 if LIVES in os.environ else 2
ALREADY_RUNNING = 5


@contextmanager
def begun(people: People, activation: str) -> Iterator["subprocess.Popen[str]"]:
    command = people.desk.command("run", activation, "--json", *ALLOWED)
    with subprocess.Popen(
        command, env=people.desk.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: "subprocess.Popen[str]") -> int:
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors, errors
    if process.returncode:
        assert json.loads(output)["error"]["code"] == "already_running", output
    return process.returncode


def shop(folder: Path, iterable: Emulator, way: Way, number: int) -> People:
    stand = IterableStand(iterable)
    way.write(folder, stand)
    people = People(InsideDesk(folder, stand), random.Random(5), number, way)
    people.open_shop()
    return people


def test_of_two_runs_begun_at_once_one_is_refused_or_finds_nothing_to_do(
    tmp_path: Path, emulators: tuple[Zendesk, Emulator]
) -> None:
    people = shop(tmp_path, emulators[1], PLAIN, 300)
    for time_ in range(TIMES):
        people.change(str(time_))
        with begun(people, EVERYBODY) as one, begun(people, EVERYBODY) as other:
            assert sorted((ended(one), ended(other))) in ([0, ALREADY_RUNNING], [0, 0])
        assert set(people.sent_since().values()) == {1}
        people.assert_right()


def test_a_turn_is_kept_while_its_holder_sleeps(tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> None:
    people = shop(tmp_path, emulators[1], BESIDE, 3000)
    people.desk.stand.slow_down(0.05 * SPEED)
    state = State(tmp_path / ".penstock")
    with begun(people, EVERYBODY) as first:
        while not any(noted.started for noted in state.noted().values()):
            assert first.poll() is None
            time.sleep(0.005)
        first.send_signal(signal.SIGSTOP)
        with begun(people, NOTES) as second:
            assert second.stderr is not None
            assert any("Waiting for run" in line for line in iter(second.stderr.readline, ""))
            people.rest()
            assert {noted.status for noted in state.noted().values()} == {"sending", "waiting"}
            first.send_signal(signal.SIGCONT)
            assert (ended(first), ended(second)) == (0, 0)
    people.assert_right()
    assert set(people.sent_since().values()) == {1}
