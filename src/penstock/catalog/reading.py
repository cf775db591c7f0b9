"""What reading a part of a file needs to know, and what it gives: values with their places."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from penstock.catalog.environment import Environment
from penstock.catalog.nodes import Node, described, kind_of
from penstock.catalog.problems import Problems
from penstock.errors import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that the project declares, section by section.

    `complete` is false when a file could not be read: what is not among the names may then be declared there.
    """

    declared: Mapping[str, Collection[str]]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where the reader stands: in which thing (`subject`, such as "model `customers`") under which key."""

    problems: Problems
    names: Names
    subject: str
    key: str = ""
    example: str = ""
    environment: Environment | None = None
    """Given where `${NAME}` may stand."""

    def under(self, key: str, example: str) -> Reading:
        """Return the reading of what stands under a key."""
        return replace(self, key=key, example=example)

    @property
    def title(self) -> str:
        """What is being read, as the subject of a sentence."""
        return f"`{self.key}` of {self.subject}" if self.key else self.subject

    def refuse(self, node: Node, code: str, message: str, fix: str) -> None:
        """Note a mistake at the node."""
        self.problems.refuse(node.location, code, message, fix)

    def wrong(self, node: Node, expected: str, *, code: str = "wrong_type", quote: bool = True) -> None:
        """Note that the node is not what it must be; `quote` is off where its text may be a secret."""
        found = described(node) if quote else kind_of(node)
        self.refuse(
            node,
            code,
            f"{capitalised(self.title)} must be {expected}, but here it is {found}.",
            f"Write it as in `{self.example}`." if self.example else f"Write {expected}.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value that was read, and its place."""

    value: object
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A mapping that was read. A key whose value was refused is in `places` but not in `values`."""

    location: Location
    values: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """Return the text under the key, if there is any that holds."""
        found = self._value(key)
        return found if isinstance(found, str) else None

    def required(self, key: str) -> str:
        """Return the text under a key that a valid entry has."""
        found = self.text(key)
        if found is None:
            raise KeyError(key)
        return found

    def flag(self, key: str) -> bool | None:
        """Return the yes or no under the key."""
        found = self._value(key)
        return found if isinstance(found, bool) else None

    def whole(self, key: str) -> int | None:
        """Return the whole number under the key."""
        found = self._value(key)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def decimal(self, key: str) -> Decimal | None:
        """Return the exact number under the key."""
        found = self._value(key)
        return found if isinstance(found, Decimal) else None

    def part(self, key: str) -> Entry | None:
        """Return the entry under the key."""
        found = self._value(key)
        return found if isinstance(found, Entry) else None

    def items(self, key: str) -> tuple[Value, ...]:
        """Return the list under the key; empty if there is none."""
        found = self._value(key)
        return found if isinstance(found, tuple) else ()

    def mapping(self, key: str) -> Mapping[str, Value]:
        """Return the mapping of free keys under the key; empty if there is none."""
        found = self._value(key)
        return found if isinstance(found, dict) else {}

    def place(self, key: str) -> Location:
        """Return where the key stands, or else the entry."""
        return self.places.get(key, self.location)

    def _value(self, key: str) -> object:
        found = self.values.get(key)
        return None if found is None else found.value


def capitalised(sentence: str) -> str:
    """Return the sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]
