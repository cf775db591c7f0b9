"""Whatever happens, in any order: after a quiet run all that is due is there or has a reason."""

import os
import sys

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.acceptance.machine.iterable_place import IterablePlace
from tests.acceptance.machine.machine import Machine
from tests.acceptance.machine.place import Place
from tests.acceptance.machine.tally import Tally
from tests.acceptance.machine.zendesk_place import ZendeskPlace

ENOUGH = 200
"""From so many examples on everything must have happened that can."""
_SHORT = settings(
    max_examples=4,
    stateful_step_count=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_EXAMPLES = int(os.environ.get("PENSTOCK_MACHINE_EXAMPLES", "200"))
_LONG = settings(
    _SHORT,
    max_examples=_EXAMPLES,
    stateful_step_count=40,
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
)
_PROFILES = {"short": _SHORT, "long": _LONG}
_PROFILE = os.environ.get("PENSTOCK_MACHINE", "short")


def run(place: Place) -> None:
    class ForPlace(Machine):
        pass

    ForPlace.place, ForPlace.tally = place, Tally()
    try:
        run_state_machine_as_test(ForPlace, settings=_PROFILES[_PROFILE])
    finally:
        sys.stdout.write(f"{place.kind}, as often as it happened:\n{ForPlace.tally}\n")
    if _PROFILE == "long" and _EXAMPLES >= ENOUGH:
        assert not ForPlace.tally.never


def test_iterable(iterable: IterablePlace) -> None:
    run(iterable)


def test_zendesk(zendesk: ZendeskPlace) -> None:
    run(zendesk)
