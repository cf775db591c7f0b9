"""Whatever happens, in any order: after a quiet run all that is due is there or has a reason."""

import itertools
import os
import sys

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.acceptance.machine.iterable_place import IterablePlace
from tests.acceptance.machine.machine import Machine
from tests.acceptance.machine.place import Place
from tests.acceptance.machine.tally import Tally
from tests.acceptance.machine.zendesk_place import ZendeskPlace

ENOUGH = 200
"""From so many examples on everything must have happened that can."""
_SHORT = settings(
    max_examples=3,
    stateful_step_count=8,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_LONG = settings(_SHORT, max_examples=20, stateful_step_count=40, phases=[Phase.generate, Phase.shrink])
"""Examples of one way and one seed: of more, Hypothesis makes variations of those that it has."""
_IS_LONG = os.environ.get("PENSTOCK_MACHINE") == "long"
_EXAMPLES = int(os.environ.get("PENSTOCK_MACHINE_EXAMPLES", "200")) if _IS_LONG else 6
_SEED = int(os.environ.get("PENSTOCK_MACHINE_SEED", "4"))


def run(place: Place) -> None:
    """Run as many examples as are wanted, in every way by turns; the seed says in which first."""
    tally = Tally()
    each = _LONG if _IS_LONG else _SHORT
    ways = itertools.islice(itertools.cycle(place.ways), _SEED % len(place.ways), None)
    try:
        for begun in range(0, _EXAMPLES, each.max_examples):
            examples = min(each.max_examples, _EXAMPLES - begun)
            machine = type("ForPlace", (Machine,), {"place": place, "tally": tally, "way": next(ways)})
            seeded = seed(1_000_000 * _SEED + begun)(machine)
            run_state_machine_as_test(seeded, settings=settings(each, max_examples=examples))
    finally:
        sys.stdout.write(f"{place.kind}, as often as it happened:\n{tally}\n")
    assert _EXAMPLES < ENOUGH or not tally.never, f"never happened: {tally.never}"


def test_iterable(iterable: IterablePlace) -> None:
    run(iterable)


def test_zendesk(zendesk: ZendeskPlace) -> None:
    run(zendesk)
