"""All that the model remembers: the shop, the mapping, and what others did at the destination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.acceptance.machine.mapping import FieldMap
from tests.acceptance.machine.people import Person, Shop, Value
from tests.acceptance.machine.place import Place, User, is_empty
from tests.acceptance.machine.runner import Runner

Part = tuple[int, str]
"""A field of a person: key and target."""
A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody else wrote over a value of ours: what stood there, what was written."""

    over: Any
    value: Value


@dataclass(slots=True, kw_only=True)
class World:
    """The model. Nothing in it is read from Penstock, but for who was confirmed when a user was deleted."""

    shop: Shop
    fields: FieldMap
    place: Place
    runner: Runner
    match_key: str
    removed: set[int] = field(default_factory=set)
    """Deleted by hand after Penstock knew that they were there."""
    perhaps_removed: set[int] = field(default_factory=set)
    """Deleted by hand when nobody could know that they were there."""
    sent_as: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The match values under which a person was sent, perhaps in vain."""
    carried: set[Part] = field(default_factory=set)
    """The fields that a request carried which may have been applied."""
    edits: dict[Part, Edit] = field(default_factory=dict)
    refused: dict[int, timedelta] = field(default_factory=dict)
    """Whom the destination refused, and when last by the project's clock."""
    refusing: set[int] = field(default_factory=set)
    dropping: frozenset[str] = frozenset()
    dropped: dict[str, timedelta] = field(default_factory=dict)
    """The targets that the destination ignored, and when last."""
    strays: set[str] = field(default_factory=set)
    """Users of whom nobody can know any more whose they are."""
    met: dict[int, timedelta] = field(default_factory=dict)
    """Who was created at the destination by hand before anything was sent, and when."""
    noticed: set[int] = field(default_factory=set)
    """Who was found to be deleted at the destination."""
    filled: dict[Part, str] = field(default_factory=dict)
    """The values that are never emptied, with the ids of their users."""
    delivered: set[int] = field(default_factory=set)
    """Who was there for certain, and has not left since as far as Penstock settled it."""
    spared: set[int] = field(default_factory=set)
    """Who left, and whose user stays because others want it."""
    suspended: set[str] = field(default_factory=set)
    """Ids of the users who were suspended when an older ledger came: nobody can know by whom."""
    epoch: int = 0
    """How many accounts there have been before."""
    is_cut_off: bool = False
    """Whether the last run was killed, so that what it did has not been taken up."""
    owners: dict[str, int] = field(default_factory=dict)
    """Ids of users at the destination → keys."""
    _seen: int = 0

    @property
    def now(self) -> timedelta:
        """How far the project's clock is ahead."""
        return self.runner.ahead

    def match_of(self, person: Person) -> str:
        """The match value, as it is compared."""
        return (person.email if self.match_key == "email" else person.external).lower()

    def who(self, name: str) -> Person | None:
        """The person with a match value; whoever left has none if a member took it."""
        found = [person for person in self.shop.people.values() if self.match_of(person) == name]
        return next((person for person in found if person.member), found[0] if found else None)

    def readdress(self, person: Person, email: str) -> None:
        """Another address: if nothing was sent before, nobody can know any more who that was."""
        if self.match_key == "email" and not self.sent_as[person.key]:
            self.strays |= {user.id for user in self.look() if self.owners.get(user.id) == person.key}
            self.met.pop(person.key, None)
        self.shop.readdress(person, email)

    def wanted(self, person: Person) -> dict[str, Value]:
        """What the segment says of a person, by target."""
        said = {target: person.values[column] for target, column in self.fields.columns.items()}
        kept = {target for target in self.fields.never_emptied if said[target] in (None, "")}
        return {target: value for target, value in said.items() if target not in kept}

    @property
    def away(self) -> list[Person]:
        """Whoever is not in the segment."""
        return [person for person in self.shop.people.values() if not person.member]

    def emptied(self, person: Person) -> dict[str, Value]:
        """What is to be there of somebody who left and is cleared, by target."""
        kept = self.place.required | self.fields.never_emptied
        targets = (self.fields.targets[name] for name in self.fields.columns if name not in kept)
        return {each.name: None for each in targets if not each.set_once and (person.key, each.name) in self.carried}

    def is_wanted_elsewhere(self, person: Person) -> bool:
        """Whether a member has the match value of somebody who left."""
        return any(self.match_of(each) == self.match_of(person) for each in self.shop.members)

    def settle_leavers(self) -> None:
        """A run is over: of who left some may be spared, others are gone and come back as somebody new."""
        self.spared |= {person.key for person in self.away if self.is_wanted_elsewhere(person)}
        if self.fields.leave == "delete":
            gone = self.removed & {person.key for person in self.away}
            self.removed -= gone
            self.perhaps_removed |= gone

    def look(self) -> list[User]:
        """The users who are there, with a note of whose they are."""
        users = self.place.users()
        for user in users:
            person = self.who_has(user)
            if person is not None:
                self.owners.setdefault(user.id, person.key)
        return users

    def forget_account(self) -> None:
        """Another account has taken the place of the one that all this was about."""
        for people in (self.removed, self.perhaps_removed, self.delivered, self.spared, self.noticed):
            people.clear()
        for each in (
            self.suspended,
            self.sent_as,
            self.carried,
            self.edits,
            self.strays,
            self.owners,
            self.filled,
            self.met,
        ):
            each.clear()
        self._seen = 0
        self.epoch += 1

    def forget_since(self, carried: set[Part]) -> None:
        """The ledger became an older one: whom it does not know, nobody can recognise."""
        self.carried &= carried
        known = self.runner.confirmed()
        for user in self.look():
            key = self.owners.get(user.id)
            if key is not None and key not in known:
                if self.who_has(user) is None:
                    self.strays.add(user.id)
                self.sent_as.pop(key, None)
        there = {self.owners.get(user.id) for user in self.look()}
        self.perhaps_removed |= (self.removed - known) | (known - there - self.removed)
        self.perhaps_removed |= self.met.keys() & known
        self.noticed.clear()
        self.removed &= known
        self.delivered &= known & self.runner.members()
        self.suspended |= {user.id for user in self.look() if user.attributes.get("suspended") is True}

    def who_has(self, user: User) -> Person | None:
        """The person whose match value a user has just now."""
        return next((each for name in user.names if (each := self.who(name)) is not None), None)

    def note_filled(self, person: Person, user: User) -> set[str]:
        """Note which values are there that are never emptied; gives those that were there before and are not now."""
        ruled = self.fields.never_emptied
        there = {target for target in ruled if not is_empty(user.attributes.get(target))}
        lost = {target for target in ruled - there if self.filled.get((person.key, target)) == user.id}
        self.filled.update({(person.key, target): user.id for target in there})
        return lost

    def come_back(self, person: Person) -> None:
        """Somebody who was deleted is created by hand, with nothing of what was there before."""
        self.place.meet(person, self.match_key)
        self.met[person.key] = self.now
        for people in (self.noticed, self.removed):
            people.discard(person.key)
        self.carried = {part for part in self.carried if part[0] != person.key}
        self.edits = {part: edit for part, edit in self.edits.items() if part[0] != person.key}
        self.filled = {part: user for part, user in self.filled.items() if part[0] != person.key}

    def forget_rule(self, target: str) -> None:
        """Another rule may empty what is there."""
        self.filled = {part: user for part, user in self.filled.items() if part[1] != target}

    def forget_field(self, target: str) -> None:
        """A field that is no longer mapped is as if it had never been."""
        self.forget_rule(target)
        self.carried = {part for part in self.carried if part[1] != target}

    def take_in(self) -> list[tuple[dict[str, Any], list[tuple[int, frozenset[str]]]]]:
        """Read what was requested since the last time: each line with the keys and fields of its records."""
        users = self.look()
        log = self.place.log()
        fresh, self._seen = log[self._seen :], len(log)
        found = []
        for line in fresh:
            records = []
            for written in self.place.written(line) or ():
                named = [user for user in users if written.name in {user.id, *user.names}]
                key = next(filter(None, map(self._heir, named)), None) or self._key(written.name)
                self.owners.update({user.id: key for user in named})
                match = self.match_of(self.shop.people[key])
                self.strays -= {user.id for user in named if match in user.names}
                records.append((key, written.fields))
                if line.get("fault") == "reject-record":
                    self.refused[key] = self.now
                if line.get("fault") == "ignore-field":
                    self.dropped.update(dict.fromkeys(self.dropping, self.now))
                if written.applied:
                    self._note(key, written.fields)
            found.append((line, records))
        return found

    def _key(self, name: str) -> int:
        person = self.who(name)
        if person is not None:
            return person.key
        former = (key for key, names in self.sent_as.items() if name in names)
        key = self.owners.get(name) or next(former, None)
        assert key is not None, f"somebody unknown was written: {name}"
        return key

    def _heir(self, user: User) -> int | None:
        """The member without a user who has the match value of somebody else's."""
        person = self.who_has(user)
        if person is None or not person.member or person.key in self.owners.values():
            return None
        return person.key

    def removed_by(self, line: Mapping[str, Any]) -> list[Person]:
        """Whom a logged request deletes."""
        return [self.shop.people[self._key(name)] for name in self.place.removed(line)]

    def _note(self, key: int, fields: frozenset[str]) -> None:
        self.sent_as[key].add(self.match_of(self.shop.people[key]))
        for target in fields:
            self.carried.add((key, target))
            self.edits.pop((key, target), None)
