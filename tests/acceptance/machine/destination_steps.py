"""What happens at the destination."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.acceptance.machine.people import VALUES, Person, Value
from tests.acceptance.machine.steps import Steps, change, pick, told, upheaval
from tests.acceptance.machine.world import Edit


class DestinationSteps(Steps):
    """Others create, edit and delete users; the destination refuses, ignores, and becomes another."""

    @rule(whom=pick, name=st.sampled_from(VALUES["name"]))
    @change
    @told
    def somebody_is_deleted(self, whom: int, name: Value) -> str | None:
        """Whoever is sent something afterwards could come back by it, so perhaps the name changes."""
        owned = self.owned()
        if not owned:
            return None
        user = owned[whom % len(owned)]
        key, world = self.world.owners[user.id], self.world
        known = key in world.runner.confirmed() and not world.is_cut_off and key not in world.perhaps_removed
        self.place.delete(user)
        (world.removed if known else world.perhaps_removed).add(key)
        world.shop.edit(world.shop.people[key], "name", name)
        return f"user {user.id}, who is person {key} and now called {name!r}, is deleted at the destination"

    @rule(whom=pick, which=pick, value=pick)
    @change
    @told
    def somebody_is_edited(self, whom: int, which: int, value: int) -> str | None:
        owned, world = self.owned(), self.world
        targets = [
            target
            for target in world.fields.targets.values()
            if not target.set_once and not target.custom and target.name in world.fields.columns
        ]
        if not owned:
            return None
        user, target = owned[whom % len(owned)], targets[which % len(targets)]
        if target.name not in user.attributes and self.place.kind == "iterable":
            return None
        column = target.columns[0]
        written = VALUES[column][value % len(VALUES[column])]
        if written is None or written == "":
            return None
        part = (world.owners[user.id], target.name)
        before = world.edits[part].over if part in world.edits else user.attributes.get(target.name)
        self.place.edit(user, target.name, written)
        world.edits[part] = Edit(over=before, value=written)
        return f"somebody at the destination makes {target.name} of person {part[0]} {written!r}"

    @rule(whom=pick)
    @change
    @told
    def somebody_is_there_already(self, whom: int) -> str | None:
        return self.meet(self.person(whom))

    def meet(self, person: Person) -> str | None:
        if self.place.find(person) or self.world.sent_as[person.key]:
            return None
        self.world.come_back(person)  # perhaps: who is not known any more may have been there, and deleted
        return f"{person} is created at the destination by hand"

    @rule(whom=pick)
    @precondition(lambda self: self.world.noticed)
    @change
    @told
    def somebody_deleted_comes_back(self, whom: int) -> str | None:
        noticed = sorted(self.world.noticed)
        person = self.world.shop.people[noticed[whom % len(noticed)]]
        if not person.member or self.place.find(person):
            return None
        self.world.come_back(person)
        return f"{person}, who was deleted, is created at the destination by hand"

    @rule(whom=pick)
    @change
    @told
    def the_destination_refuses_somebody(self, whom: int) -> str:
        person = self.person(whom)
        self.world.refusing.add(person.key)
        return f"the destination refuses {person} from now on"

    @rule(which=pick)
    @change
    @told
    def the_destination_ignores_a_field(self, which: int) -> str:
        target = self.place.droppable[which % len(self.place.droppable)]
        self.world.dropping = frozenset({target}) if self.place.kind == "zendesk" else frozenset(self.place.droppable)
        return f"the destination ignores {', '.join(sorted(self.world.dropping))} from now on"

    @rule()
    @precondition(lambda self: self.world.refusing or self.world.dropping)
    @change
    @told
    def the_destination_takes_everything_again(self) -> str:
        world = self.world
        world.refused.update(dict.fromkeys(world.refusing, world.now))
        world.dropped.update(dict.fromkeys(world.dropping, world.now))
        world.refusing.clear()
        world.dropping = frozenset()
        return "the destination takes everything again"

    @rule()
    @upheaval
    @change
    @told
    def the_account_becomes_another(self) -> str:
        self.upheavals += 1
        self.place.reset()
        self.world.forget_account()
        return "another account takes the place of the one that there was"
