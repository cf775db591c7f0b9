"""Everything that may happen between a shop and a destination, in any order, as Hypothesis likes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.acceptance.machine.mapping import FieldMap
from tests.acceptance.machine.mapping_steps import MappingSteps
from tests.acceptance.machine.people import Shop
from tests.acceptance.machine.runner import Runner
from tests.acceptance.machine.sequences import Sequences
from tests.acceptance.machine.shop_steps import FEWEST
from tests.acceptance.machine.steps import pick, row, told
from tests.acceptance.machine.world import World


class Machine(Sequences, MappingSteps):
    """One example: a shop, an account, and what happens to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="penstock-machine-"))

    @initialize(
        people=st.lists(row, min_size=FEWEST + 2, max_size=10),
        draw=st.data(),
    )
    @told
    def begin(self, people: list[dict[str, Any]], draw: st.DataObject) -> str:
        place, (mode, leave) = self.place, self.way
        self.tally.expect((step.function.__name__ for step in self.rules), place)
        switches = {name: draw.draw(st.sampled_from(each), label=name) for name, each in place.switches.items()}
        match_key = draw.draw(st.sampled_from(place.match_keys), label="match")
        policy = draw.draw(st.sampled_from(place.policies), label="policy") if mode == "upsert" else ""
        place.begin(switches)
        shop = Shop(self.folder / "shop.duckdb")
        policies = (*((policy,) if policy else ()), f"mode: {mode}", f"leave: {leave}")
        fields = FieldMap(targets=place.targets, columns=dict(place.start), policies=policies, mode=mode, leave=leave)
        runner = Runner(folder=self.folder, place=place)
        self.world = World(shop=shop, fields=fields, place=place, runner=runner, match_key=place.match(match_key))
        for values in people:
            shop.join(values)
        few = {self.person(whom).key for whom in draw.draw(st.lists(pick, max_size=4), label="few")}
        there_already = {"update": shop.people.keys() - few, "insert": few}.get(mode, set())
        for key in sorted(there_already):
            self.meet(shop.people[key])
        self.write_project()
        about = f"matched by {self.world.match_key}; {switches} {policies}"
        return f"{len(people)} people, of whom {sorted(there_already)} are there already, {about}"

    def teardown(self) -> None:
        """However an example ends, a quiet day sets everything right."""
        try:
            if self.is_sound:
                self.the_destination_takes_everything_again()
                self.a_day_passes()
                self.a_quiet_run()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
