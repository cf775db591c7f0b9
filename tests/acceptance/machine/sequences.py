"""Steps that seldom follow one another by chance, and show what nothing else would."""

from __future__ import annotations

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.acceptance.machine.destination_steps import DestinationSteps
from tests.acceptance.machine.ledger_steps import LedgerSteps
from tests.acceptance.machine.people import VALUES, Value
from tests.acceptance.machine.run_steps import RunSteps
from tests.acceptance.machine.steps import Edits, edits, pick, told, upheaval


class Sequences(RunSteps, DestinationSteps, LedgerSteps):
    """Each ends before the run that shows it."""

    @rule(whom=pick, name=st.sampled_from(VALUES["name"]))
    @precondition(lambda self: self.world.delivered)
    @told
    def somebody_is_deleted_noticed_and_created_by_hand(self, whom: int, name: Value) -> str | None:
        """Nothing of what was confirmed is there any more, though the ledger knows the person."""
        self.somebody_is_deleted(whom, name)
        self.a_quiet_run(full=False)
        if not self.world.noticed:
            return None
        self.somebody_deleted_comes_back(whom)
        self.a_day_passes()
        return "it is tried again"

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
