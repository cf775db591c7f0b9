"""Ctrl-C and a request to end, at any moment: exit code 130 or the run's own, never a traceback, nothing lost."""

import json
import os
import random
import signal
from pathlib import Path

from tests.chaos.conftest import LIVES, SEED
from tests.chaos.frozen import ALLOWED, Moment, Pace, strike
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.stages import Stage
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.zendesk_stand import SPEED
from tests.emulator import Emulator, Zendesk

ENDING = (signal.SIGINT, signal.SIGTERM)
INTERPRETER = 0.2
"""Of the start, at most this share is the interpreter's own, before Penstock can heed anything."""
SHORT = (Stage.STARTING, Stage.READING, Stage.PREPARING, Stage.SENDING, Stage.FOLDING, Stage.OVER)


def test_a_run_that_is_told_to_end_does_so_in_order(tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> None:
    _, iterable = emulators
    stand = IterableStand(iterable)
    stand.write(tmp_path)
    stand.trouble("delay", seconds=0.05 * SPEED)
    chance = random.Random(os.environ.get(SEED, "4"))
    people, pace = People(InsideDesk(tmp_path, stand), chance, 3000), Pace()
    people.open_shop()
    assert strike(people.desk, None, pace).exit_code == 0
    stages = list(SHORT) if LIVES not in os.environ else [stage for stage in Stage for _ in range(5)]
    for number, stage in enumerate(stages):
        people.change(str(number))
        moment = Moment(stage=stage, share=chance.uniform(INTERPRETER, 1))
        struck = strike(people.desk, moment, pace, chance.choice(ENDING))
        assert "Traceback" not in struck.said, struck
        assert struck.exit_code in {130, 0}, struck
        if struck.output:
            document = json.loads(struck.output)
            assert document.get("status") == "interrupted" or document.get("error") or struck.exit_code == 0, struck
        people.desk.run(*ALLOWED)
        people.assert_right()
