"""What the machine must know of a destination: how to look at it, edit it and trouble it by hand."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from tests.acceptance.machine.mapping import Target
from tests.acceptance.machine.people import Person, Value
from tests.emulator import Emulator, Zendesk

Fault = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user who is there: every address and id by which it is found, lower case, and its attributes."""

    id: str
    names: frozenset[str]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record of a write request: whom it means, and which targets it carries."""

    name: str
    fields: frozenset[str]
    applied: bool
    """False if the answer says that it certainly was not."""


class Place(ABC):
    """A destination of one kind, at which every example begins with an account in which there is nobody."""

    kind: ClassVar[str]
    targets: ClassVar[Mapping[str, Target]]
    start: ClassVar[Mapping[str, str]]
    """The mapping with which an example begins."""
    match_keys: ClassVar[Sequence[str]]
    switches: ClassVar[Mapping[str, Sequence[str]]]
    """Switches of the sandbox with the positions that an example may draw."""
    policies: ClassVar[Sequence[str]] = ("", "recreate: true")
    """Lines of an activation that creates and updates that an example may draw."""
    ways: ClassVar[Sequence[tuple[str, str]]]
    """Modes, each with what is done with those who leave: each has examples of its own, in this order."""
    secret: ClassVar[str]
    """The variable of the environment in which the credentials are."""
    speed: ClassVar[float] = 1
    """How many times as fast as the real one it is."""
    writes: ClassVar[Sequence[str]]
    """The requests that write users."""
    refusals: ClassVar[frozenset[int]]
    """Statuses that say that certainly nothing was applied."""
    refusing_faults: ClassVar[frozenset[str]]
    """Faults after which certainly nothing of what they name was applied."""
    write_faults: ClassVar[Sequence[Fault]]
    read_faults: ClassVar[Sequence[Fault]]
    required: ClassVar[frozenset[str]]
    """Targets without which the destination creates nobody, and which are not emptied when somebody leaves."""
    empties_alike: ClassVar[bool]
    """Whether nothing, an empty text and an unset checkbox look alike there."""

    def __init__(self, emulator: Emulator | Zendesk, settings: Mapping[str, Any]) -> None:
        self.emulator = emulator
        self._settings = dict(settings)
        self.position: Mapping[str, str] = {}
        self._accounts = 0

    def begin(self, switches: Mapping[str, str]) -> None:
        """Take the place of whatever account there was, with these switches."""
        self.position = switches
        self.emulator.settings(**{**self._settings, **switches})
        self.reset()

    def reset(self) -> None:
        """Another account takes the place of this one."""
        self.emulator.reset()
        self._accounts += 1
        self.prepare()

    @property
    def secrets(self) -> Mapping[str, str]:
        """The environment of a run: credentials belong to one account alone."""
        return {self.secret: f"{self._accounts:032x}"}

    def match(self, match_key: str) -> str:
        """The match key that the account allows: the one drawn, or another."""
        return match_key

    @abstractmethod
    def prepare(self) -> None:
        """Fields that have been there before anything is sent."""

    @abstractmethod
    def destination(self) -> str:
        """The destination `there` as the project's file says it."""

    @abstractmethod
    def users(self) -> list[User]:
        """Everybody who is there, but for whom `prepare` made."""

    def written(self, line: Mapping[str, Any]) -> list[Written] | None:
        """The records of a logged request; None if it writes no users."""
        if f"{line['method']} {line['path']}" not in self.writes:
            return None
        applied = line["status"] not in self.refusals and line.get("fault") not in self.refusing_faults
        body = json.loads(line["body"])
        users = body["users"] if "users" in body else [body["user"]]
        return [Written(name=self.name(user), fields=self.fields(user), applied=applied) for user in users]

    @abstractmethod
    def name(self, record: Mapping[str, Any]) -> str:
        """Whom a record of a write request means: an address, an external id, or the destination's own id."""

    @abstractmethod
    def fields(self, record: Mapping[str, Any]) -> frozenset[str]:
        """The targets that a record of a write request carries."""

    @abstractmethod
    def removed(self, line: Mapping[str, Any]) -> list[str]:
        """Whom a logged request deletes: addresses, external ids, or the destination's own ids."""

    @abstractmethod
    def delete(self, user: User) -> None:
        """Delete a user by hand."""

    @abstractmethod
    def edit(self, user: User, target: str, value: Value) -> None:
        """Change an attribute by hand."""

    @abstractmethod
    def meet(self, person: Person, match_key: str) -> None:
        """Create a user by hand, with nothing but a name."""

    @abstractmethod
    def refusal(self, person: Person, user: User | None) -> list[Fault]:
        """Faults by which a person's record is refused."""

    @abstractmethod
    def dropping(self, targets: frozenset[str]) -> list[Fault]:
        """Begin to ignore fields with a success, and no others; gives the faults that this takes."""

    @property
    @abstractmethod
    def droppable(self) -> Sequence[str]:
        """Targets that can be ignored just now."""

    def log(self) -> list[dict[str, Any]]:
        """Every API request since the account began."""
        return self.emulator.lines("requests?bodies=1")

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set, each with how often it hit a request (`fired`)."""
        found: list[dict[str, Any]] = self.emulator.call("GET", "/_sandbox/faults").json()
        return found

    def shows(self, wanted: Value, shown: object) -> bool:
        """Whether an attribute is as it was wanted."""
        return same(wanted, shown) or (self.empties_alike and is_empty(wanted) and is_empty(shown))

    def find(self, person: Person) -> list[User]:
        """The users who are found by a person's address or id of now."""
        names = {person.email.lower(), person.external.lower()}
        return [user for user in self.users() if user.names & names]


def by_name(*targets: Target) -> Mapping[str, Target]:
    """Targets by their names."""
    return {target.name: target for target in targets}


def as_json(value: Value) -> str | int | None:
    """A value as somebody at the destination would write it."""
    return value.isoformat() if isinstance(value, date) else value


def is_empty(value: object) -> bool:
    """Whether a destination that has unset checkboxes and empty texts shows this where there is nothing."""
    return value is None or value == "" or value is False


def same(wanted: Value, shown: object) -> bool:
    """Whether a destination shows what was wanted."""
    if isinstance(wanted, date):
        return isinstance(shown, str) and shown[:10] == wanted.isoformat()
    if isinstance(wanted, bool) or isinstance(shown, bool):
        return wanted is shown
    return bool(wanted == shown)
