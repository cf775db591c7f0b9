"""What happens in the shop."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.acceptance.machine.people import VALUES, Person
from tests.acceptance.machine.steps import Edits, Steps, change, edits, moves, pick, row, told

FEWEST, MOST = 4, 16
"""People in the segment at least, and people in all at most."""


class ShopSteps(Steps):
    """People join, leave, and change."""

    @rule(values=row)
    @precondition(lambda self: len(self.world.shop.people) < MOST)
    @change
    @told
    def somebody_joins(self, values: dict[str, Any]) -> str:
        return f"{self.world.shop.join(values)} joins"

    @rule(edits=edits)
    @change
    @told
    def values_change(self, edits: Edits) -> str:
        return self.edit(edits)

    def edit(self, edits: Edits) -> str:
        told_of = []
        people = [*self.world.shop.members, *self.world.shop.people.values()]
        for whom, which, what in edits:
            person, column = people[whom % len(people)], self.column(which)
            values = [value for value in VALUES[column] if value != person.values[column]]
            value = values[what % len(values)]
            self.tally.edit(person, column, value)
            self.world.shop.edit(person, column, value)
            told_of.append(f"{person}'s {column} becomes {value!r}")
        return ", ".join(told_of)

    @rule(moves=moves.filter(bool))
    @change
    @told
    def somebody_leaves_or_returns(self, moves: list[int]) -> str:
        return self.move(moves)

    def move(self, moves: list[int]) -> str:
        return ", ".join(filter(None, (self._leave_or_return(self.person(whom)) for whom in moves)))

    def _leave_or_return(self, person: Person) -> str | None:
        shop, leaves = self.world.shop, person.member
        is_taken = any(member.email == person.email for member in shop.members)
        if len(shop.members) == FEWEST if leaves else is_taken:
            return None
        shop.move(person, member=not leaves)
        self.world.spared.discard(person.key)
        self.tally.step("somebody leaves" if leaves else "somebody returns")
        return f"{person} {'leaves' if leaves else 'returns'}"

    @rule(whom=pick, back=st.booleans())
    @change
    @told
    def an_address_changes(self, whom: int, back: bool) -> str | None:
        person = self.person(whom)
        email = f"person{person.key}@example.org" if back else f"person{person.key}.new@example.org"
        if any(other.email == email for other in self.world.shop.people.values()):
            return None
        self.world.readdress(person, email)
        return f"{person}'s address becomes {email}"

    @rule(whom=pick, whose=pick)
    @precondition(lambda self: len(self.world.shop.members) < len(self.world.shop.people))
    @change
    @told
    def an_address_is_taken_over(self, whom: int, whose: int) -> str | None:
        away = [person for person in self.world.shop.people.values() if not person.member]
        former, members = away[whose % len(away)], self.world.shop.members
        person = members[whom % len(members)]
        if any(member.email == former.email for member in members):
            return None
        self.world.readdress(person, former.email)
        return f"{person} takes over the address of {former}, who left"
