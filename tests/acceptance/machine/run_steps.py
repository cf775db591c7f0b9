"""Runs: quiet ones, troubled ones, and those that are cut off."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import rule

from penstock.errors import PenstockError
from tests.acceptance.machine import invariants
from tests.acceptance.machine.invariants import Requests
from tests.acceptance.machine.place import Fault
from tests.acceptance.machine.runner import End, Point
from tests.acceptance.machine.shop_steps import ShopSteps
from tests.acceptance.machine.steps import Edits, edits, moves, pick, rarely, told
from tests.acceptance.machine.tally import ending

ASKS_FOR_ALL = {"ledger_old", "ledger_of_another", "ledger_missing"}
"""Refusals whose way out is to send everything."""
LOSES_ANSWERS = {"drop-after", "truncate", "nonsense", "lose-job", "fail-job", "results-null", "wrong-counts"}


class RunSteps(ShopSteps):
    """Each begins with edits, so that it has something to send."""

    @rule(edits=edits, moves=moves, which=pick, full=rarely)
    @told
    def a_run_whose_writes_go_wrong(self, edits: Edits, moves: list[int], which: int, full: bool) -> str:
        return self._troubled(edits, moves, self.place.write_faults[which % len(self.place.write_faults)], full=full)

    @rule(edits=edits, moves=moves, which=pick)
    @told
    def a_run_whose_answers_are_lost(self, edits: Edits, moves: list[int], which: int) -> str:
        lost = [fault for fault in self.place.write_faults if fault["do"] in LOSES_ANSWERS]
        return self._troubled(edits, moves, lost[which % len(lost)])

    @rule(edits=edits, moves=moves, which=pick)
    @told
    def a_run_whose_reads_go_wrong(self, edits: Edits, moves: list[int], which: int) -> str:
        return self._troubled(edits, moves, self.place.read_faults[which % len(self.place.read_faults)])

    def _troubled(self, edits: Edits, moves: list[int], fault: Fault, *, full: bool = False) -> str:
        note(f"  {self.edit(edits)}; {self.move(moves)}")
        result, _ = self._run([fault], full=full)
        if isinstance(result, PenstockError) and result.code in ASKS_FOR_ALL:
            full = True
            result, _ = self._run([fault], full=True)
        ended = result.code if isinstance(result, PenstockError) else _figures(result)
        return f"a {'full ' if full else ''}run while {fault}: {ended}"

    @rule(edits=edits, moves=moves, point=st.sampled_from(Point), seed=pick)
    @told
    def a_killed_run(self, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        return self._cut_off(End.KILLED, edits, moves, point, seed)

    @rule(edits=edits, moves=moves, point=st.sampled_from(Point), seed=pick)
    @told
    def an_interrupted_run(self, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        return self._cut_off(End.INTERRUPTED, edits, moves, point, seed)

    def _cut_off(self, how: End, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        note(f"  {self.edit(edits)}; {self.move(moves)}")
        # Not for secrets: the seed makes the same moment likely again.
        self.changes = 0
        before = self.world.look()
        self.world.shop.write()
        ended = self.world.runner.end(how, point, random.Random(seed), self.standing())
        invariants.the_mode_is_kept(self.world, before)
        self.world.is_cut_off = True
        self.world.settle_leavers()
        self._end_faults()
        self.world.take_in()
        self.tally.step(ending(how, point) if ended else f"a run ends before it is {how}")
        return ending(how, point) if ended else f"a run ends before it is {how} {point}"

    @rule(full=rarely)
    @told
    def a_quiet_run(self, full: bool = False) -> str:
        report, requests = self.certain_run(full=full)
        invariants.nobody_is_written_in_vain(self.world, report, requests)
        withheld = bool(report["withheld"]) or self._had_withheld
        note(f"    {_figures(report)}")
        if withheld:  # whoever tried a field again found out whether everybody may have it
            report, _ = self.certain_run()
        invariants.everything_due_is_there(self.world, report)
        self.world.delivered -= {person.key for person in self.world.away}
        again, requests = self.certain_run()
        invariants.nothing_is_written(again, requests)
        invariants.everything_due_is_there(self.world, again)
        self._had_withheld = bool(again["withheld"])
        return f"a quiet {'full ' if full else ''}run: {_figures(report)}"

    _had_withheld = False

    def certain_run(self, *, full: bool = False) -> tuple[dict[str, Any], Requests]:
        """Run without trouble; a refusal that asks for it is followed by a full run."""
        result, requests = self._run([], full=full)
        if isinstance(result, PenstockError) and result.code in ASKS_FOR_ALL:
            note(f"    refused: {result.code}; so everything is sent")
            result, requests = self._run([], full=True)
        if isinstance(result, PenstockError):
            raise AssertionError(f"a run without trouble fails: {result.code}: {result.message}") from result
        assert result["status"] in ("succeeded", "incomplete"), result
        assert result["outcomes"]["unknown"] == 0, result["reasons"]
        return result, requests

    def _run(self, faults: list[Fault], *, full: bool) -> tuple[dict[str, Any] | PenstockError, Requests]:
        world = self.world
        self.changes = 0
        world.take_in()
        self.place.emulator.faults(*faults, *self.standing())
        unmapped = [target for target in world.fields.targets if target not in world.fields.columns]
        before = world.look()
        world.shop.write()
        result = world.runner.run(full=full)
        invariants.the_mode_is_kept(world, before)
        self._end_faults()
        requests = world.take_in()
        for target in unmapped:
            world.forget_field(target)
        if isinstance(result, PenstockError):
            self.tally.step(f"a run ended as {result.code}")
        else:
            self.tally.end(result)
            if world.is_cut_off:  # what the killed run was refused is held from now on, when it is taken up
                world.refused = dict.fromkeys(world.refused, world.now)
                world.dropped = dict.fromkeys(world.dropped, world.now)
            world.is_cut_off = False
            invariants.outcomes_add_up(world, result)
            invariants.nobody_is_removed_by_mistake(world, requests)
            world.settle_leavers()
            invariants.requests_reconcile(result, requests)
        return result, requests

    def _end_faults(self) -> None:
        self.tally.faults(self.place.faults())
        self.place.emulator.faults()


def _figures(report: dict[str, Any]) -> str:
    planned = {name: count for name, count in report["planned"].items() if count}
    outcomes = {str(name): count for name, count in report["outcomes"].items() if count}
    reasons = [f"{reason['code']} of {', '.join(reason['examples'])}" for reason in report["reasons"]]
    return f"planned {planned}, ended {outcomes}{'; ' if reasons else ''}{'; '.join(reasons)}"
