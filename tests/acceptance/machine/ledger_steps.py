"""Time, and what happens to the ledger."""

from __future__ import annotations

from datetime import timedelta

from hypothesis.stateful import precondition, rule

from tests.acceptance.machine.steps import Steps, change, told, upheaval


class LedgerSteps(Steps):
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
