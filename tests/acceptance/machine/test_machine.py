"""Whatever happens, in any order: after a quiet run all that is due is there or has a reason."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.acceptance.machine.iterable_place import IterablePlace
from tests.acceptance.machine.machine import Machine
from tests.acceptance.machine.place import Place
from tests.acceptance.machine.zendesk_place import ZendeskPlace

_SHORT = settings(
    max_examples=4,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_LONG = settings(
    _SHORT, max_examples=200, stateful_step_count=40, derandomize=False, phases=[Phase.generate, Phase.shrink]
)
_PROFILES = {"short": _SHORT, "long": _LONG}


def run(place: Place) -> None:
    class ForPlace(Machine):
        pass

    ForPlace.place = place
    run_state_machine_as_test(ForPlace, settings=_PROFILES[os.environ.get("PENSTOCK_MACHINE", "short")])


def test_iterable(iterable: IterablePlace) -> None:
    run(iterable)


def test_zendesk(zendesk: ZendeskPlace) -> None:
    run(zendesk)
