"""Time, and what happens to the ledger."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import note
from hypothesis.stateful import precondition, rule

from tests.acceptance.machine.destination_steps import DestinationSteps
from tests.acceptance.machine.run_steps import RunSteps
from tests.acceptance.machine.steps import Edits, change, edits, told, upheaval


class LedgerSteps(RunSteps, DestinationSteps):
    """It is copied, restored and lost."""

    @rule()
    @change
    @told
    def a_day_passes(self) -> str:
        self.world.runner.ahead += timedelta(hours=25)
        return "a day passes"

    @rule()
    @precondition(lambda self: self.world.runner.ledger.exists())
    @change
    @told
    def the_ledger_is_copied(self) -> str:
        self.world.runner.keep_copy()
        self._at_copy = (set(self.world.carried), self.world.epoch)
        return "the ledger is copied"

    @rule()
    @precondition(lambda self: self.world.runner.copy.exists())
    @upheaval
    @change
    @told
    def the_copy_is_restored(self) -> str:
        self.upheavals += 1
        world = self.world
        world.runner.restore_copy()
        carried, epoch = self._at_copy
        if epoch == world.epoch:
            world.forget_since(carried)
        return "the copy of the ledger is put back"

    @rule()
    @precondition(lambda self: self.world.runner.ledger.exists())
    @upheaval
    @change
    @told
    def the_ledger_is_lost(self) -> str:
        self.upheavals += 1
        self.world.runner.lose_ledger()
        self.world.forget_since(set())
        return "the ledger is deleted"

    @rule(edits=edits)
    @precondition(lambda self: self.world.runner.ledger.exists())
    @upheaval
    @told
    def an_old_ledger_comes_back_before_edits_are_taken_back(self, edits: Edits) -> str:
        """While those people are refused, nothing but doubt can tell that what the ledger says is not there."""
        self.the_ledger_is_copied()
        before = {person.key: dict(person.values) for person in self.world.shop.people.values()}
        note(f"  {self.edit(edits)}")
        self.certain_run()
        edited = [person for person in self.world.shop.people.values() if person.values != before[person.key]]
        self.the_copy_is_restored()
        self.world.refusing |= {person.key for person in edited}
        self.certain_run()
        for person in edited:
            for column, value in before[person.key].items():
                if person.values[column] != value:
                    self.world.shop.edit(person, column, value)
        self.the_destination_takes_everything_again()
        self.a_day_passes()
        return f"what was edited is as it was: {', '.join(map(str, edited))}"
