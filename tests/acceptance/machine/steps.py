"""What every step needs: how it tells what it did, who and what there is, and how often what may happen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition

from tests.acceptance.machine.people import VALUES, Person
from tests.acceptance.machine.place import Fault, Place, User
from tests.acceptance.machine.tally import Tally
from tests.acceptance.machine.world import World

CHANGES_BETWEEN_RUNS = 5
UPHEAVALS = 2
"""So often in an example something happens after which everything is sent once more, or is compared with nothing."""

Edits = list[tuple[int, int, int]]

pick = st.integers(min_value=0, max_value=9999)
"""Whom or what of those that there are just then."""
row = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in VALUES.items()})
edits = st.lists(st.tuples(pick, pick, pick), min_size=1, max_size=6)
"""Whose column, and which one, becomes which of its values."""
moves = st.lists(pick, max_size=3)
"""Who leaves, and if not there returns."""
rarely = st.sampled_from((False, False, False, False, True))

change = precondition(lambda self: self.changes < CHANGES_BETWEEN_RUNS)
"""What happens between two runs, a few times at most."""
upheaval = precondition(lambda self: self.upheavals < UPHEAVALS)


def told(step: Callable[..., str | None]) -> Callable[..., None]:
    """A step that says in a sentence what it did; an example prints the sentences of its steps."""

    @wraps(step)
    def telling(self: Steps, *arguments: Any, **named: Any) -> None:
        self.is_sound = False
        self.changes += 1
        sentence = step(self, *arguments, **named)
        if sentence:
            note(f"  {sentence}")
            self.tally.step(step.__name__)
        self.is_sound = True

    return telling


class Steps(RuleBasedStateMachine):
    """Steps of one example, without any rule."""

    place: ClassVar[Place]
    tally: ClassVar[Tally]
    way: ClassVar[tuple[str, str]]
    """The mode, and what is done with those who leave."""
    world: World
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.is_sound = False
        """False while a step is under way, and for good once one failed."""
        self.changes = 0
        """Steps since the last run."""
        self.upheavals = 0

    def person(self, whom: int) -> Person:
        people = list(self.world.shop.people.values())
        return people[whom % len(people)]

    def column(self, which: int) -> str:
        """A column of the shop, more often one that is mapped."""
        columns = [*self.world.fields.columns.values(), *VALUES]
        return columns[which % len(columns)]

    def owned(self) -> list[User]:
        """The users of whom it is known whose they are."""
        world = self.world
        users = sorted(world.look(), key=lambda user: user.id)
        return [user for user in users if user.id in world.owners and user.id not in world.strays]

    def standing(self) -> list[Fault]:
        """What the destination refuses or ignores until it is told otherwise."""
        world = self.world
        people = [world.shop.people[key] for key in sorted(world.refusing)]
        ids = {key: user for user in world.look() if (key := world.owners.get(user.id)) is not None}
        refusals = [fault for person in people for fault in self.place.refusal(person, ids.get(person.key))]
        return [*refusals, *self.place.dropping(world.dropping)]

    def write_project(self) -> None:
        fields, place = self.world.fields, self.place
        fields.write(self.folder, destination=place.destination(), match_key=self.world.match_key)
