"""What a YAML file says, piece by piece with its place, before anything is known of its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from penstock.errors import Location

Plain = str | int | Decimal | float | bool | date | None
"""What a scalar can be; a `date` may be a `datetime`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value; `written` is its text in the file, which messages quote."""

    value: Plain
    written: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key of a mapping and what stands under it."""

    key: str
    value: Node
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A mapping; every key occurs once."""

    pairs: tuple[Pair, ...]
    location: Location

    def get(self, key: str) -> Node | None:
        """Return what stands under the key, or None."""
        return next((pair.value for pair in self.pairs if pair.key == key), None)


Node = Scalar | Items | Pairs


def kind_of(node: Node) -> str:
    """Say what a node is without quoting it, as in "a list"."""
    match node:
        case Items():
            return "a list"
        case Pairs():
            return "a mapping"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return "a yes/no value"
        case Scalar(value=int() | float() | Decimal()):
            return "a number"
        case Scalar(value=date()):
            return "a date"
        case _:
            return "text"


def described(node: Node) -> str:
    """Say what a node is and quote it where it is short, as in "the number `5`"."""
    if not isinstance(node, Scalar) or node.value is None:
        return kind_of(node)
    noun = kind_of(node).removeprefix("a ")
    return f"the {noun} `{shortened(node.written)}`"


def shortened(text: str, most: int = 60) -> str:
    """Return text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
